import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import type { ReaderEvent, RecordedReader, RecordedWrite } from './value-history.js'

/** Follows each payload, so that slow readers fall behind. */
const padding = 'x'.repeat(2000)

// Clients that speak v1 in JSON by themselves, and record what they see.

/** Counts the events of a run. */
export type Tick = () => number

interface Body {
  readonly ref?: number
  readonly id?: number
  readonly subject?: string
  readonly message?: string
  readonly revision?: string
  readonly deleted?: boolean
  readonly retained?: boolean
  readonly code?: string
  readonly session?: string
  readonly resumed?: boolean
}

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

type Receive = (kind: string, body: Body, socket: WebSocket) => void

async function connected(url: string, receive: Receive): Promise<WebSocket> {
  const socket = new WebSocket(`${url}/ws`, 'wildcast.v1+json')
  onTestFinished(() => socket.terminate())
  socket.on('message', (data) => {
    for (const line of String(data).split('\n')) {
      if (line === '"Ping"') socket.send('"Pong"')
      else if (line.startsWith('{'))
        for (const [kind, body] of Object.entries(JSON.parse(line) as Record<string, Body>)) receive(kind, body, socket)
    }
  })
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  return socket
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
  const receive: Record<string, (body: Body) => void> = {
    Subscribed: () => void events.push({ kind: 'subscribed' }),
    Message({ subject = '', message, revision = '', deleted, retained }) {
      const payload = deleted ? undefined : message?.split(' ')[0]
      events.push({ kind: retained ? 'replayed' : 'live', subject, revision, payload })
      held.set(subject, payload ?? '')
      settle()
    },
    Gap() {
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
  const attach = (): Promise<Body> =>
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

/** A client that writes values. */
export interface ValueWriterClient {
  readonly writes: readonly RecordedWrite[]
  /** Writes a value, or deletes it. Resolves with false if the write was refused, or is unknown. */
  write(subject: string, payload: string | undefined): Promise<boolean>
}

/** Opens a writer. */
export async function openWriter(tick: Tick, url: string, broker?: string): Promise<ValueWriterClient> {
  const writes: RecordedWrite[] = []
  const pending = new Map<number, { readonly write: RecordedWrite; settle(done: boolean): void }>()
  let lastRef = 0
  const socket = await connected(url, (kind, { ref = 0, revision, code }) => {
    const asked = pending.get(ref)
    if (!asked || (kind !== 'Ack' && kind !== 'Error')) return
    pending.delete(ref)
    const { write, settle } = asked
    // A refused write has no effect; the outcome of an interrupted one is unknown.
    if (kind === 'Error' && code !== 'interrupted') writes.splice(writes.indexOf(write), 1)
    if (kind === 'Ack') {
      write.to = tick()
      if (revision !== undefined) write.revision = revision
    }
    settle(kind === 'Ack')
  })
  socket.on('close', () => {
    for (const { settle } of pending.values()) settle(false)
    pending.clear()
  })
  return {
    writes,
    write(subject, payload) {
      const write: RecordedWrite = { subject, payload, from: tick() }
      writes.push(write)
      return new Promise((settle) => {
        pending.set(++lastRef, { write, settle })
        const message = payload === undefined ? '' : `${payload} ${padding}`
        const frame = { Publish: { ref: lastRef, subject, message, broker, retain: true } }
        if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame))
        else throw new Error('the connection of a writer is closed')
      })
    },
  }
}
