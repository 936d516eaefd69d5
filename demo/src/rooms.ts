import type { Message } from '@wildcast/client'
import { useEffect, useRef } from 'react'
import { usePage } from './store.js'

/** A room in the list, and how much was said there since it was last looked at. */
export interface Room {
  readonly name: string
  readonly unread: number
}

const firstRooms = ['apple', 'pear', 'plum']

/** More rooms than this are not listed: anybody may open one with curl. */
const mostRooms = 50

/**
 * The rooms that something was said in, and my own. Worked out once for each render of the feed,
 * not for each message.
 */
export function useRooms(messages: readonly Message[]): readonly Room[] {
  const { room, view } = usePage()
  /** For each room, the last message that was looked at. */
  const seen = useRef(new Map<string, Message | undefined>())
  const byRoom = new Map<string, Message[]>([...firstRooms, room].map((name) => [name, []]))
  for (const message of messages) {
    const name = message.params[0] ?? ''
    if (byRoom.size < mostRooms && !byRoom.has(name)) byRoom.set(name, [])
    byRoom.get(name)?.push(message)
  }
  const here = byRoom.get(room)?.at(-1)
  useEffect(() => {
    if (view === 'chat') seen.current.set(room, here)
  }, [view, room, here])
  return [...byRoom].map(([name, said]) => ({
    name,
    unread:
      view === 'chat' && name === room ? 0 : said.length - 1 - said.lastIndexOf(seen.current.get(name) as Message),
  }))
}
