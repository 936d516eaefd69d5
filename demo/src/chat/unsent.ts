import { type ChatEntry, emptyLog, type RoomLog, unsentOf } from './room-log.js'

/**
 * The drafts of this tab, and its messages without a final outcome, in the storage of the tab. The
 * client's outbox keeps and sends the messages after a reload; this record shows them meanwhile.
 */
interface Unsent {
  readonly rooms: Readonly<Record<string, RoomLog>>
  readonly brokers: readonly string[]
  readonly drafts: Readonly<Record<string, string>>
}

const storageKey = 'wildcast-demo-unsent'

let written = read()

function read(): string {
  try {
    return sessionStorage.getItem(storageKey) ?? ''
  } catch {
    return '' // forbidden
  }
}

/** Whether the record has messages. */
export function hasKept(): boolean {
  return written.includes('"key"')
}

/** Writes the record if it has changed. */
export function keepUnsent({ rooms, brokers, drafts }: Unsent): void {
  const unsent = Object.entries(rooms).flatMap(([key, log]) => {
    const entries = unsentOf(log)
    return entries.length > 0 ? [[key, entries]] : []
  })
  const text = JSON.stringify({ rooms: Object.fromEntries(unsent), brokers, drafts })
  if (text === written) return
  written = text
  try {
    sessionStorage.setItem(storageKey, text)
  } catch {
    // A full or forbidden storage: the outbox sends them all the same.
  }
}

/** The record of the page before the reload. */
export function keptUnsent(): Unsent {
  try {
    const {
      rooms,
      brokers,
      drafts = {},
    } = JSON.parse(written) as {
      readonly rooms: Readonly<Record<string, readonly ChatEntry[]>>
      readonly brokers: readonly string[]
      readonly drafts?: Unsent['drafts']
    }
    const logs = Object.entries(rooms).map(([key, entries]) => [key, toLog(entries)])
    return { rooms: Object.fromEntries(logs), brokers, drafts }
  } catch {
    return { rooms: {}, brokers: [], drafts: {} }
  }
}

function toLog(entries: readonly ChatEntry[]): RoomLog {
  const isPending = ({ state }: ChatEntry): boolean => state === 'waiting' || state === 'sending'
  return {
    ...emptyLog,
    entries: entries.filter((entry) => !isPending(entry)),
    pending: entries.filter(isPending),
  }
}
