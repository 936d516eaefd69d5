import type { FrameFields } from '../values/raw-client.js'
import { beginSession, type RecordedSession } from '../values/recorded-session.js'
import type { HistoryEvent, HistoryReaderRecord } from './history-record.js'

export interface HistoryReaderOptions {
  readonly url: string
  readonly pattern: string
  readonly matches: HistoryReaderRecord['matches']
  readonly unbounded: boolean
  /** The position to begin after; `''` is before all. */
  readonly after: string
  /** Whether it asks again after a gap. */
  readonly heals: boolean
}

/** A subscriber of a history. */
export interface RecordedHistoryReader extends Pick<RecordedSession, 'pause' | 'resume' | 'reconnect'> {
  readonly record: HistoryReaderRecord
  /** The last position that it has received. */
  readonly position: string
  /** Loses the connection and the session, and asks for what it has missed. */
  comeBack(): Promise<void>
  /** From now on it asks again after each gap, and after one that it has ignored. */
  heal(): void
  /** Resolves when it has received this payload. */
  has(payload: string): Promise<void>
  leave(): void
}

/** Opens a reader. It has asked when this resolves. */
export async function openHistoryReader(
  name: string,
  tick: () => number,
  options: HistoryReaderOptions,
): Promise<RecordedHistoryReader> {
  const { url, pattern, matches, unbounded } = options
  let { heals } = options
  const events: HistoryEvent[] = []
  let position = options.after
  /** The number of the last request, and whether the relay has answered it. */
  let ref = 0
  let isAnswered = false
  let id: number | undefined
  let stayed = true
  /** By the payload that is waited for. */
  const awaited: Map<string, () => void> = new Map()

  const ask = (): void => {
    isAnswered = false
    events.push({ kind: 'asked', after: position, at: tick() })
    session.send({ Subscribe: { ref: ++ref, subject: pattern, after: position || 'start' } })
  }
  const askAgain = (): void => {
    session.send({ Unsubscribe: { id } })
    ask()
  }
  const receive: Record<string, (body: FrameFields) => void> = {
    Subscribed(body) {
      if (body.ref !== ref) return
      isAnswered = true
      id = body.id
      events.push({ kind: 'subscribed', recovered: body.recovered })
    },
    Message({ subject = '', message = '', position: at = '', replayed }) {
      if (!isAnswered) return // of the subscription before
      const [payload = ''] = message.split(' ')
      position = at
      events.push({ kind: replayed ? 'replayed' : 'live', subject, position, payload })
      awaited.get(payload)?.()
    },
    Gap({ open }) {
      if (open || !isAnswered) return
      events.push({ kind: 'gap' })
      // The gap of a subscription that has not recovered follows it at once.
      const last = events.at(-2)
      if (!heals || (last?.kind === 'subscribed' && last.recovered === false)) return
      askAgain()
    },
    Synced(body) {
      if (body.ref === ref && isAnswered) events.push({ kind: 'synced' })
    },
    Error({ code, ref: asked }) {
      // The broker is gone for a while.
      if (code === 'broker_down' || code === 'interrupted') {
        if (stayed && asked === ref) setImmediate(ask)
        return
      }
      throw new Error(`${name} is refused: ${code}`)
    },
    Unsubscribed({ ref: asked }) {
      if (asked !== undefined || !heals) throw new Error(`the subscription of ${name} has ended`)
    },
  }
  const session = await beginSession(name, url, receive)
  ask()
  return {
    get record() {
      return { name, matches, unbounded, events, stayed }
    },
    get position() {
      return position
    },
    pause: session.pause,
    resume: session.resume,
    reconnect: session.reconnect,
    async comeBack() {
      isAnswered = false
      await session.restart()
      ask()
    },
    heal() {
      heals = true
      if (stayed && isAnswered) askAgain()
    },
    has: (payload) =>
      new Promise((resolve) => {
        awaited.set(payload, resolve)
        if (events.some((event) => 'payload' in event && event.payload === payload)) resolve()
      }),
    leave() {
      stayed = false
      session.close()
    },
  }
}
