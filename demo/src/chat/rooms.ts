import type { Message } from '@wildcast/client'
import { useEffect } from 'react'
import { usePage } from '../page.js'

/** A room in the list, and how many of its messages came since it was last open. */
export interface Room {
  readonly name: string
  readonly unread: number
}

const firstRooms = ['apple', 'pear', 'plum']

/** More rooms than this are not listed: everyone may open one with curl. */
const mostRooms = 50

/** For each room, the key of the newest message that was on the screen. */
const seen = new Map<string, string>()

/**
 * The rooms with messages, and the open one. Computed once for each render of the feed, not for
 * each message.
 */
export function useRooms(messages: readonly Message[]): readonly Room[] {
  const room = usePage((page) => page.room)
  const byRoom = new Map<string, Message[]>([...firstRooms, room].map((name) => [name, []]))
  for (const message of messages) {
    const name = message.params[0] ?? ''
    if (byRoom.size < mostRooms && !byRoom.has(name)) byRoom.set(name, [])
    byRoom.get(name)?.push(message)
  }
  const newest = byRoom.get(room)?.at(-1)?.key
  useEffect(() => {
    if (newest) seen.set(room, newest)
  }, [room, newest])
  return [...byRoom].map(([name, sent]) => ({
    name,
    unread: name === room ? 0 : sent.length - 1 - sent.findLastIndex(({ key }) => key === seen.get(name)),
  }))
}

/** Whether a room may have this name: it is one segment of a subject. */
export function isRoomName(text: string): boolean {
  return /^[^\s.*>#+/\p{Cc}]{1,40}$/u.test(text) && !['$', '_'].includes(text[0] ?? '')
}
