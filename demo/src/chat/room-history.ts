import {
  arrived,
  awaitsPlace,
  type ChatEntry,
  type LogEntry,
  mostEntries,
  positionOf,
  type RoomLog,
} from './room-log.js'

/**
 * Adds a page of the history. Messages that are shown already keep their place. A message of
 * this page that had none in the broker's order moves to it.
 */
export function addPage(log: RoomLog, page: readonly ChatEntry[]): RoomLog {
  const placed = new Set(
    log.entries.filter((entry) => entry.kind === 'gap' || !awaitsPlace(entry)).map(({ key }) => key),
  )
  const own = new Map(
    [...log.entries, ...log.pending].flatMap((entry) => (entry.kind === 'message' ? [[entry.key, entry]] : [])),
  )
  const added = new Map<string, ChatEntry>()
  for (const entry of page) {
    if (placed.has(entry.key) || added.has(entry.key)) continue
    const shown = own.get(entry.key)
    added.set(entry.key, shown ? arrived(shown, entry) : entry)
  }
  const entries = interleave(
    [...added.values()],
    log.entries.filter(({ key }) => !added.has(key)),
  )
  return {
    ...log,
    entries,
    pending: log.pending.filter(({ key }) => !added.has(key)),
    readTo: lowest([log.readTo, ...entries.map(positionOf), ...page.map(positionOf)]),
    // Room for new ones: no row leaves the top while the reader is there.
    most: Math.max(mostEntries, entries.length + mostEntries),
  }
}

function lowest(positions: readonly (string | undefined)[]): string | undefined {
  return positions.reduce(
    (least, position) => (least === undefined || (position ?? least) < least ? position : least),
    undefined,
  )
}

/** Merges two lists by position. */
function interleave(added: readonly ChatEntry[], entries: readonly LogEntry[]): readonly LogEntry[] {
  const places = placesOf(entries)
  const merged: LogEntry[] = []
  let next = 0
  for (const [i, entry] of entries.entries()) {
    const place = places[i]
    for (; next < added.length; next++) {
      const each = added[next]
      if (!each || (place !== undefined && (each.position ?? '') >= place)) break
      merged.push(each)
    }
    merged.push(entry)
  }
  return [...merged, ...added.slice(next)]
}

/**
 * The position of each entry, undefined at the end. One without a position, such as a message that
 * was not sent, stands at the next one; a gap stands at the one before, since later ones are kept.
 */
function placesOf(entries: readonly LogEntry[]): readonly (string | undefined)[] {
  let before = ''
  const own = entries.map((entry) => {
    before = positionOf(entry) ?? before
    return entry.kind === 'gap' ? before : positionOf(entry)
  })
  return own.map((place, i) => place ?? own.slice(i).find((next) => next !== undefined))
}
