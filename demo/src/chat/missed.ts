import { kept } from '../kept.js'
import { usePage } from '../page.js'
import {
  changeRoom,
  chatBroker,
  firstRooms,
  isOnScreen,
  mostRooms,
  openRoomKey,
  roomKey,
  roomsOf,
  splitRoomKey,
  toEntry,
  useChatStore,
} from './chat-store.js'
import { addMissed, positionOf } from './room-log.js'
import { noteSeen, onSeenElsewhere, useSeen } from './seen.js'
import { subjectOf } from './subject.js'

/** The most messages that are counted as unread in a room after a reload. */
const mostUnread = 100

/** More often than this nothing is written down, in milliseconds. */
const noteMs = 300

const counted = new Set<string>()
const isFirstVisit = Object.keys(useSeen.getState()).length === 0

/** Counts, once for each broker, what has come since this browser was last here. */
export async function countMissed(broker: string): Promise<void> {
  if (counted.has(broker)) return
  counted.add(broker)
  try {
    for (const key of await keptRooms(broker)) await countIn(key).catch(() => {})
  } catch {
    // The broker keeps no messages, or this person may not read them: the room shows that.
  }
}

/** The rooms that have messages, and those that this browser knows. */
async function keptRooms(broker: string): Promise<readonly string[]> {
  const { messages } = await kept.page('good.{room}', { broker, limit: mostUnread })
  const found = messages.map(({ params }) => roomKey(broker, params.room))
  const first = firstRooms.map((room) => roomKey(broker, room))
  const keys = new Set([...roomsOf(broker, useSeen.getState()), ...first, ...found])
  return [...keys].slice(0, mostRooms)
}

async function countIn(key: string): Promise<void> {
  const [broker, room] = splitRoomKey(key)
  const after = useSeen.getState()[key] ?? (isFirstVisit ? undefined : 'start')
  const limit = after === undefined ? 1 : mostUnread
  const { messages, recovered } = await kept.page(subjectOf(room), { broker, after, limit })
  const newest = messages.at(-1)?.position
  // The first visit, or another history, begins with nothing unread.
  if (after === undefined || recovered === false) noteSeen(key, newest ?? 'start')
  else changeRoom(key, (log) => addMissed(log, messages.map(toEntry), isOnScreen(key)))
  if (newest !== undefined) changeRoom(key, (log) => ({ ...log })) // it is listed
}

let timer: ReturnType<typeof setTimeout> | undefined

/** Notes how far the open room was read. */
function noteOpen(): void {
  clearTimeout(timer)
  timer = undefined
  const key = openRoomKey()
  if (isOnScreen(key)) noteRead(key)
}

function noteRead(key: string): void {
  const log = useChatStore.getState().rooms[key]
  if (log?.older === undefined || log.older === 'loading') return
  noteSeen(key, log.entries.map(positionOf).findLast(Boolean) ?? useSeen.getState()[key] ?? 'start')
}

useChatStore.subscribe(() => {
  timer ??= setTimeout(noteOpen, noteMs)
})
addEventListener('pagehide', noteOpen)

// A room that is left within that time was read, too.
usePage.subscribe((_, { view, room, broker }) => {
  const key = roomKey(chatBroker(useChatStore.getState(), broker), room)
  if (view === 'chat' && document.visibilityState === 'visible' && key !== openRoomKey()) noteRead(key)
})

onSeenElsewhere((seen) => {
  for (const [key, position] of Object.entries(seen))
    changeRoom(key, (log) => {
      const newest = log.entries.map(positionOf).findLast(Boolean)
      const isRead = log.unread > 0 && newest !== undefined && newest <= position
      return isRead ? { ...log, unread: 0, firstUnread: undefined } : log
    })
})
