import type { WebSocket } from 'ws'
import { connected, type FrameFields } from './raw-client.js'
import { nameHeader, type ReaderEvent, type RecordedReader, type Tick } from './value-history.js'

/** Frames that a client does not count. */
const uncounted: readonly string[] = ['Welcome', 'Received', 'GoingAway']

/** How a reader subscribes. */
export interface ReaderOptions {
  readonly url: string
  readonly pattern: string
  readonly broker?: string | undefined
  readonly policy?: { readonly deliver?: 'all' | 'latest'; readonly max_rate?: number } | undefined
}

/** A subscriber that reads values. */
export interface Reader {
  readonly record: RecordedReader
  /** Stops reading from the network, as a slow client does, or continues. */
  pause(): void
  resume(): void
  /** Loses the connection, and resumes the session over another one. */
  reconnect(): Promise<void>
  /** Resolves when it has received a payload on a subject, and holds all values. */
  has(subject: string, payload: string): Promise<void>
  leave(): void
}

/** Opens a reader. It has asked when this resolves. */
export async function openReader(name: string, tick: Tick, options: ReaderOptions): Promise<Reader> {
  const { url, pattern, broker, policy } = options
  const events: ReaderEvent[] = []
  const held = new Map<string, string>()
  const waiting = new Map<string, () => void>()
  let isSynced = false
  const settle = (): void => {
    if (!isSynced) return
    for (const [key, resolve] of waiting) {
      const [subject = '', payload] = key.split(' ')
      if (held.get(subject) === payload) resolve()
    }
  }
  const receive: Record<string, (body: FrameFields) => void> = {
    Subscribed: () => void events.push({ kind: 'subscribed' }),
    Message({ ref, subject = '', message, headers, revision = headers?.[nameHeader] ?? '', deleted }) {
      const payload = deleted ? undefined : message?.split(' ')[0]
      events.push({ kind: ref === undefined ? 'live' : 'replayed', subject, revision, payload })
      held.set(subject, payload ?? '')
      settle()
    },
    Gap({ open }) {
      if (open) return // another one follows

      isSynced = false
      events.push({ kind: 'gap' })
    },
    Synced() {
      isSynced = true
      events.push({ kind: 'synced', at: tick() })
      settle()
    },
    Error: ({ code }) => {
      throw new Error(`${name} is refused: ${code}`)
    },
    Unsubscribed: () => {
      throw new Error(`the subscription of ${name} has ended`)
    },
  }
  let received = 0
  let session: string | undefined
  let socket: WebSocket
  /** Connects, or continues the session. Resolves with the answer. */
  const attach = (): Promise<FrameFields> =>
    new Promise((resolve, reject) => {
      connected(url, (kind, body, own) => {
        if (own !== socket) return // of the connection that was lost
        if (kind === 'Welcome') resolve(body)
        if (uncounted.includes(kind)) return
        own.send(`{"Received":${++received}}`)
        receive[kind]?.(body)
      }).then((opened) => {
        socket = opened
        opened.send(JSON.stringify({ Connect: { session, received } }))
      }, reject)
    })
  session = (await attach()).session
  events.push({ kind: 'asked', at: tick() })
  const send = (frame: unknown): void => socket.send(JSON.stringify(frame))
  send({ Subscribe: { ref: 1, subject: pattern, broker, policy, retained: true } })
  let stayed = true
  return {
    get record() {
      return { name, all: policy === undefined, events, stayed }
    },
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    async reconnect() {
      socket.terminate()
      const { resumed } = await attach()
      if (!resumed) throw new Error(`the session of ${name} could not be resumed`)
    },
    has: (subject, payload) =>
      new Promise((resolve) => {
        waiting.set(`${subject} ${payload}`, resolve)
        settle()
      }),
    leave() {
      stayed = false
      socket.close(1000)
    },
  }
}
