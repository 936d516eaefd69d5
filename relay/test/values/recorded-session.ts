import type { WebSocket } from 'ws'
import { connected, type FrameFields } from './raw-client.js'

/** Frames that a client does not count. */
const uncounted: readonly string[] = ['Welcome', 'Received', 'GoingAway']

/** The session of a recorded client, which confirms each frame that it receives. */
export interface RecordedSession {
  send(frame: unknown): void
  /** Stops reading from the network, as a slow client does, or continues. */
  pause(): void
  resume(): void
  /** Loses the connection, and resumes the session over another one. */
  reconnect(): Promise<void>
  /** Loses the connection and the session, and begins another one. */
  restart(): Promise<void>
  close(): void
}

/**
 * Begins a session. `receive` has a function for each kind of frame that the client handles.
 * Frames of a connection that was lost are passed over.
 */
export async function beginSession(
  name: string,
  url: string,
  receive: Readonly<Record<string, (body: FrameFields) => void>>,
): Promise<RecordedSession> {
  let socket: WebSocket
  let session: string | undefined
  let received = 0

  /** Connects, or continues the session. Resolves with the `Welcome`. */
  const attach = (): Promise<FrameFields> =>
    new Promise((resolve, reject) => {
      connected(url, (kind, body, own) => {
        if (own !== socket) return
        if (kind === 'Welcome') resolve(body)
        if (uncounted.includes(kind)) return
        own.send(`{"Received":${++received}}`)
        receive[kind]?.(body)
      }).then((opened) => {
        socket = opened
        opened.send(JSON.stringify({ Connect: session === undefined ? {} : { session, received } }))
      }, reject)
    })
  /** Loses the connection, and the frames that it has buffered. */
  const lose = (): void => {
    socket.removeAllListeners('message')
    socket.terminate()
  }
  const begin = async (): Promise<void> => {
    session = undefined
    received = 0
    session = (await attach()).session
  }
  await begin()
  return {
    send: (frame) => socket.send(JSON.stringify(frame)),
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    async reconnect() {
      lose()
      const { resumed } = await attach()
      if (!resumed) throw new Error(`the session of ${name} could not be resumed`)
    },
    async restart() {
      lose()
      await begin()
    },
    close: () => socket.close(1000),
  }
}
