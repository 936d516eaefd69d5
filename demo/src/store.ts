import { create } from 'zustand'
import { persist } from 'zustand/middleware'

/** The page's own state: who I am, where I look. What was said lives in the subscription. */
interface Page {
  readonly name: string
  readonly rooms: readonly string[]
  readonly room: string
  readonly view: 'chat' | 'wire'
  /** Messages since a room was last looked at. */
  readonly unread: Readonly<Record<string, number>>
  rename(name: string): void
  enter(room: string): void
  show(view: Page['view']): void
  /** A message came in a room: it is unread unless I look at it. */
  heard(room: string): void
}

const guest = `guest-${Math.floor(Math.random() * 900) + 100}`

export const usePage = create<Page>()(
  persist(
    (set) => ({
      name: guest,
      rooms: ['apple', 'pear', 'plum'],
      room: 'apple',
      view: 'chat',
      unread: {},
      rename: (name) => set({ name }),
      enter: (room) =>
        set((page) => ({
          room,
          view: 'chat',
          rooms: page.rooms.includes(room) ? page.rooms : [...page.rooms, room],
          unread: { ...page.unread, [room]: 0 },
        })),
      show: (view) => set((page) => ({ view, unread: { ...page.unread, [page.room]: 0 } })),
      heard: (room) =>
        set((page) => {
          const rooms = page.rooms.includes(room) ? page.rooms : [...page.rooms, room]
          if (page.view === 'chat' && page.room === room) return { rooms }
          return { rooms, unread: { ...page.unread, [room]: (page.unread[room] ?? 0) + 1 } }
        }),
    }),
    { name: 'wildcast-demo', partialize: ({ name, rooms, room }) => ({ name, rooms, room }) },
  ),
)

/** What a room may be called: one segment of a subject. */
export function isRoomName(text: string): boolean {
  return /^[^\s.*>#+/\p{Cc}]{1,40}$/u.test(text) && !['$', '_'].includes(text[0] ?? '')
}
