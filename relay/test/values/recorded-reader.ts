import type { FrameFields } from './raw-client.js'
import { beginSession, type RecordedSession } from './recorded-session.js'
import { nameHeader, type ReaderEvent, type RecordedReader, type Tick } from './value-history.js'

/** How a reader subscribes. */
export interface ReaderOptions {
  readonly url: string
  readonly pattern: string
  readonly broker?: string | undefined
  readonly policy?: { readonly deliver?: 'all' | 'latest'; readonly max_rate?: number } | undefined
}

/** A subscriber that reads values. */
export interface Reader extends Pick<RecordedSession, 'pause' | 'resume' | 'reconnect'> {
  readonly record: RecordedReader
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
  const session = await beginSession(name, url, receive)
  events.push({ kind: 'asked', at: tick() })
  session.send({ Subscribe: { ref: 1, subject: pattern, broker, policy, retained: true } })
  let stayed = true
  return {
    get record() {
      return { name, all: policy === undefined, events, stayed }
    },
    pause: session.pause,
    resume: session.resume,
    reconnect: session.reconnect,
    has: (subject, payload) =>
      new Promise((resolve) => {
        waiting.set(`${subject} ${payload}`, resolve)
        settle()
      }),
    leave() {
      stayed = false
      session.close()
    },
  }
}
