import type { ReadMessage } from './chat-message.js'

/**
 * The state of a message that this page has written. `waiting`: for a connection. `sending`: it
 * awaits the broker's confirmation. `unknown`: it may have arrived or not.
 */
export type SendState = 'waiting' | 'sending' | 'sent' | 'unknown' | 'refused'

/** A message of a room. */
export interface ChatEntry extends Omit<ReadMessage, 'id' | 'sentAt'> {
  readonly kind: 'message'
  /** Stays the same from the first showing on: the row of a message that is being sent is kept. */
  readonly key: string
  /** Milliseconds since 1970. Undefined if it is from the history and has no time. */
  readonly at: number | undefined
  /** Its place in the broker's history. Undefined if it isn't kept, or before it is received. */
  readonly position?: string | undefined
  /** Whether this person has written it, in any page. */
  readonly isOwn?: boolean
  /** Undefined if another page has sent it. */
  readonly state?: SendState
  /** Why it was refused. */
  readonly error?: string | undefined
  /** It is complete, but the page has not received it: its place may change. */
  readonly isProvisional?: boolean
  /** The answer of the bot, whose words are still coming. */
  readonly isArriving?: boolean
}

/** Messages are missing here. */
export interface GapEntry {
  readonly kind: 'gap'
  readonly key: string
  readonly at: number
}

export type LogEntry = ChatEntry | GapEntry

/** The messages of one room on one broker. */
export interface RoomLog {
  /** In the broker's order, the oldest first. */
  readonly entries: readonly LogEntry[]
  /** Messages of this page without an outcome, which are shown below the others. */
  readonly pending: readonly ChatEntry[]
  readonly unread: number
  /** The key of the first message that was unread when the room was opened. */
  readonly firstUnread?: string | undefined
  /** Whether the broker has kept older messages. Undefined before the newest page is asked for. */
  readonly older?: Older | undefined
  /** The oldest position up to which the history was read. */
  readonly readTo?: string | undefined
  /** The most entries, while a reader has older ones on the screen. @default 500 */
  readonly most?: number | undefined
}

/** `refused`: they could not be read, which may be tried again. */
export type Older = 'loading' | 'some' | 'none' | 'refused'

export const emptyLog: RoomLog = { entries: [], pending: [], unread: 0 }

/** Messages that a room keeps. Other rooms don't count. */
export const mostEntries = 500

/**
 * Adds a received message. The message with this key that the page has shown already is moved to
 * here, so that all pages show the broker's order.
 */
export function receive(log: RoomLog, entry: ChatEntry, isRead: boolean): RoomLog {
  const shown = find(log, entry.key)
  if (shown && awaitsPlace(shown)) {
    return append(without(log, shown.key), arrived(shown, entry))
  }
  if (shown) return log // sent twice
  const next = append(log, entry)
  if (isRead || entry.isOwn) return next
  return { ...next, unread: log.unread + 1, firstUnread: log.unread === 0 ? entry.key : log.firstUnread }
}

/**
 * Notes messages of the history that have come since the room was last read.
 * @param isRead - whether the room is on the screen
 */
export function addMissed(log: RoomLog, page: readonly ChatEntry[], isRead: boolean): RoomLog {
  const counted = new Set(isRead ? [] : log.entries.map(({ key }) => key))
  const missed = page.filter(({ key, isOwn }) => !isOwn && !counted.has(key))
  const [first] = missed
  if (!first) return log
  if (isRead) return { ...log, firstUnread: log.firstUnread ?? first.key }
  return { ...log, unread: log.unread + missed.length, firstUnread: first.key }
}

/** Whether a message that the page shows has no place in the broker's order yet. */
export function awaitsPlace({ state, isProvisional }: ChatEntry): boolean {
  return !!isProvisional || (state !== undefined && state !== 'sent')
}

/** Whether a message of this page with this key has not arrived yet. */
export function awaits(log: RoomLog | undefined, key: string): boolean {
  const shown = log && find(log, key)
  return shown?.state !== undefined && awaitsPlace(shown)
}

/** A message that the page shows, after the broker has given it its place. */
export function arrived(own: ChatEntry, entry: ChatEntry): ChatEntry {
  if (own.state === undefined) return entry
  return { ...own, state: 'sent', isProvisional: false, error: undefined, position: entry.position }
}

/** Shows an answer of the bot, or its next words. One that the bot has written itself stays. */
export function answer(log: RoomLog, entry: ChatEntry): RoomLog {
  const shown = find(log, entry.key)
  if (!shown) return append(log, entry)
  if (!shown.isProvisional) return log
  return { ...log, entries: log.entries.map((each) => (each.key === entry.key ? entry : each)) }
}

/** Notes what has happened to a message of this page. */
export function settle(log: RoomLog, key: string, state: SendState, error?: string): RoomLog {
  const own = find(log, key)
  if (!own?.state || own.state === 'sent' || own.state === state) return log
  const next: ChatEntry = { ...own, state, isProvisional: state === 'sent', error }
  if (state === 'waiting' || state === 'sending') {
    const isPending = log.pending.some((entry) => entry.key === key)
    if (isPending) return { ...log, pending: log.pending.map((entry) => (entry.key === key ? next : entry)) }
    return { ...without(log, key), pending: [...log.pending, next] }
  }
  return append(without(log, key), next)
}

/** Marks that messages are missing after the newest one. */
export function markGap(log: RoomLog, key: string, at: number): RoomLog {
  return log.entries.at(-1)?.kind === 'gap' ? log : append(log, { kind: 'gap', key, at })
}

/** Removes a message of this page. */
export function without(log: RoomLog, key: string): RoomLog {
  return {
    ...log,
    pending: log.pending.filter((entry) => entry.key !== key),
    entries: log.entries.filter((entry) => entry.key !== key),
  }
}

function append(log: RoomLog, entry: LogEntry): RoomLog {
  return trim({ ...log, entries: [...log.entries, entry] }, log.most)
}

/** Drops the oldest entries. Those that are kept can be read again. */
export function trim(log: RoomLog, most = mostEntries): RoomLog {
  if (log.entries.length <= most) return log
  const dropped = log.entries.slice(0, -most)
  const entries = log.entries.slice(-most)
  if (!dropped.some((entry) => positionOf(entry) !== undefined)) return { ...log, entries }
  const readTo = entries.map(positionOf).find((position) => position !== undefined) ?? log.readTo
  return { ...log, entries, readTo, older: log.older === 'none' ? 'some' : log.older }
}

/** The place of an entry in the broker's history. */
export function positionOf(entry: LogEntry): string | undefined {
  return entry.kind === 'message' ? entry.position : undefined
}

function find({ entries, pending }: RoomLog, key: string): ChatEntry | undefined {
  const found = pending.find((entry) => entry.key === key) ?? entries.findLast((entry) => entry.key === key)
  return found?.kind === 'message' ? found : undefined
}

/** The messages of this page that a reload must not lose. */
export function unsentOf({ entries, pending }: RoomLog): readonly ChatEntry[] {
  const failed = entries.flatMap((entry) =>
    entry.kind === 'message' && entry.state && entry.state !== 'sent' ? [entry] : [],
  )
  return [...failed, ...pending]
}

/** A room that is left keeps its newest messages. */
export function leaveHistory(log: RoomLog): RoomLog {
  return log.most === undefined ? log : trim({ ...log, most: undefined })
}
