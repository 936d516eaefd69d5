import { usePage } from '../page.js'
import { chatBroker, firstRooms, openRoomKey, roomKey, splitRoomKey, useChatStore } from './chat-store.js'
import { emptyLog, type RoomLog } from './room-log.js'
import { useSeen } from './seen.js'
import { vault } from './subject.js'

/** The broker of the open room. */
export function useChatBroker(): string {
  const chosen = usePage((page) => page.broker)
  return useChatStore((chat) => chatBroker(chat, chosen))
}

/**
 * The keys of the rooms that are listed: the first ones, on the default broker, those with messages
 * or that were read before, and the open one.
 */
export function useRoomKeys(): readonly string[] {
  const open = useOpenKey()
  // As texts, which are equal if the lists are: no name has a line break.
  const read = useSeen((seen) => Object.keys(seen).join('\n')).split('\n')
  const keys = useChatStore(({ rooms, brokers }) => {
    const first = [...firstRooms, vault].map((room) => roomKey(brokers[0] ?? '', room))
    const known = [...Object.keys(rooms), ...read, open].filter((key) => key && isAt(brokers, splitRoomKey(key)[0]))
    return [...new Set([...first, ...known])]
      .sort((a, b) => brokers.indexOf(splitRoomKey(a)[0]) - brokers.indexOf(splitRoomKey(b)[0]))
      .join('\n')
  })
  return keys.split('\n')
}

/** Before the first connection no broker is known. */
const isAt = (brokers: readonly string[], broker: string): boolean =>
  brokers.includes(broker) || (brokers.length === 0 && broker === '')

/** The number of unread messages in a room. */
export function useUnread(key: string): number {
  return useChatStore(({ rooms }) => rooms[key]?.unread ?? 0)
}

/** The number of unread messages in all rooms of all brokers. */
export function useUnreadTotal(): number {
  return useChatStore(({ rooms }) => Object.values(rooms).reduce((sum, { unread }) => sum + unread, 0))
}

/** The key of the open room. */
export function useOpenKey(): string {
  return roomKey(
    useChatBroker(),
    usePage((page) => page.room),
  )
}

/** The key and the messages of the open room. */
export function useOpenRoom(): readonly [key: string, log: RoomLog] {
  const key = useOpenKey()
  return [key, useChatStore(({ rooms }) => rooms[key] ?? emptyLog)]
}

/** Opens a room on the broker of the open one. */
export function enterBeside(room: string): void {
  usePage.getState().enter(room, splitRoomKey(openRoomKey())[0])
}

/**
 * Whether the broker of a room has a feature. Undefined before the first connection, and in the
 * vault: who is there, and reacts there, would be open to all.
 */
export function useFeature(key: string, feature: string): boolean | undefined {
  const [broker, room] = splitRoomKey(key)
  return useChatStore(({ features }) => (room === vault ? undefined : features[broker]?.includes(feature)))
}
