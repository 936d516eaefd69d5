import { create } from 'zustand'
import { readStored, writeStored } from '../storage.js'

/** The position of the newest message that was read in each room, by key; `start` before all. */
type Seen = Readonly<Record<string, string>>

const storageKey = 'wildcast-demo-seen'

/** Rooms that are remembered: those that were read last. */
const mostRooms = 40

/** How far this browser has read, in all its windows. */
export const useSeen = create<Seen>()(read)

function read(): Seen {
  const isPosition = (entry: [string, unknown]): entry is [string, string] => typeof entry[1] === 'string'
  return Object.fromEntries(Object.entries(readStored(storageKey)).filter(isPosition))
}

/** Remembers that a room was read up to a position, a lower one after a store was deleted. */
export function noteSeen(key: string, position: string): void {
  const { [key]: before, ...others } = read()
  if (before === position) return
  const seen = Object.fromEntries([...Object.entries(others), [key, position]].slice(-mostRooms))
  useSeen.setState(seen, true)
  writeStored(storageKey, seen)
}

/** Calls back when another window of this browser has read a room. */
export function onSeenElsewhere(notify: (seen: Seen) => void): void {
  addEventListener('storage', ({ key }) => {
    if (key !== storageKey) return
    useSeen.setState(read(), true)
    notify(useSeen.getState())
  })
}
