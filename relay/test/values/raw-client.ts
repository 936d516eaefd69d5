import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'

// A client that speaks v1 in JSON by itself.

/** The fields of frames that the tests of values and histories read. */
export interface FrameFields {
  readonly ref?: number
  readonly id?: number
  readonly subject?: string
  readonly message?: string
  readonly revision?: string
  readonly deleted?: boolean
  readonly headers?: Readonly<Record<string, string>>
  readonly retained?: boolean
  readonly open?: boolean
  readonly position?: string
  readonly replayed?: boolean
  readonly recovered?: boolean
  readonly code?: string
  readonly session?: string
  readonly resumed?: boolean
}

export type ReceiveFrame = (kind: string, body: FrameFields, socket: WebSocket) => void

/** Connects. The socket closes when the test is done. */
export async function connected(url: string, receive: ReceiveFrame): Promise<WebSocket> {
  const socket = new WebSocket(`${url}/ws`, 'wildcast.v1+json')
  onTestFinished(() => socket.terminate())
  // The test holds the socket, which must not hold what its receiver has recorded.
  socket.once('close', () => socket.removeAllListeners('message'))
  socket.on('message', (data) => {
    for (const line of String(data).split('\n')) {
      if (line === '"Ping"') socket.send('"Pong"')
      else if (line.startsWith('{'))
        for (const [kind, body] of Object.entries(JSON.parse(line) as Record<string, FrameFields>))
          receive(kind, body, socket)
    }
  })
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  return socket
}

/** The answer to a frame; `lost` if the connection was lost before. */
export interface Answer {
  readonly kind: 'Ack' | 'Error' | 'lost'
  readonly fields: FrameFields
}

/** A client that asks, and pairs the answers. */
export interface Asker {
  /** Sends a frame with a `ref`. */
  ask(kind: string, fields: object): Promise<Answer>
}

/** Opens an asker. */
export async function openAsker(url: string): Promise<Asker> {
  const pending = new Map<number, (answer: Answer) => void>()
  let lastRef = 0
  const socket = await connected(url, (kind, fields) => {
    const settle = pending.get(fields.ref ?? 0)
    if (!settle || (kind !== 'Ack' && kind !== 'Error')) return
    pending.delete(fields.ref ?? 0)
    settle({ kind, fields })
  })
  socket.on('error', () => {}) // its process was killed
  socket.on('close', () => {
    for (const settle of pending.values()) settle({ kind: 'lost', fields: {} })
    pending.clear()
  })
  return {
    ask(kind, fields) {
      if (socket.readyState !== WebSocket.OPEN) return Promise.reject(new Error('the connection is closed'))
      return new Promise((settle) => {
        pending.set(++lastRef, settle)
        socket.send(JSON.stringify({ [kind]: { ref: lastRef, ...fields } }))
      })
    },
  }
}
