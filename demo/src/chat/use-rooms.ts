import { useShallow } from 'zustand/react/shallow'
import { usePage } from '../page.js'
import { chatBroker, firstRooms, roomKey, roomsOf, splitRoomKey, useChatStore } from './chat-store.js'
import { emptyLog, type RoomLog } from './room-log.js'
import { vault } from './subject.js'

/** The broker of the chat. */
export function useChatBroker(): string {
  const chosen = usePage((page) => page.broker)
  return useChatStore((chat) => chatBroker(chat, chosen))
}

/** The names of the rooms of a broker: the first ones, those with messages, and the open one. */
export function useRoomNames(broker: string): readonly string[] {
  const open = usePage((page) => page.room)
  return useChatStore(
    useShallow(({ rooms }) => [
      ...new Set([...firstRooms, vault, ...roomsOf(broker, rooms).map((key) => splitRoomKey(key)[1]), open]),
    ]),
  )
}

/** The number of unread messages in a room. */
export function useUnread(broker: string, room: string): number {
  return useChatStore(({ rooms }) => rooms[roomKey(broker, room)]?.unread ?? 0)
}

/** The number of unread messages in all rooms of all brokers, or of one. */
export function useUnreadTotal(broker?: string): number {
  return useChatStore(({ rooms }) => {
    const keys = broker === undefined ? Object.keys(rooms) : roomsOf(broker, rooms)
    return keys.reduce((sum, key) => sum + (rooms[key]?.unread ?? 0), 0)
  })
}

/** The key and the messages of the open room. */
export function useOpenRoom(): readonly [key: string, log: RoomLog] {
  const broker = useChatBroker()
  const room = usePage((page) => page.room)
  const key = roomKey(broker, room)
  return [key, useChatStore(({ rooms }) => rooms[key] ?? emptyLog)]
}

/** Whether a room may have this name: it is one segment of a subject. */
export function isRoomName(text: string): boolean {
  return /^[^\s.*>#+/\p{Cc}\p{Cs}]{1,40}$/u.test(text) && !['$', '_'].includes(text[0] ?? '')
}
