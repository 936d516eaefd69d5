import { create } from 'zustand'
import { persist } from 'zustand/middleware'

/** Who I am and where I was, also after a reload. What was said lives in the subscription. */
interface Page {
  readonly name: string
  readonly room: string
  readonly view: 'chat' | 'wire'
  rename(name: string): void
  enter(room: string): void
  show(view: Page['view']): void
}

const guest = `guest-${Math.floor(Math.random() * 900) + 100}`

export const usePage = create<Page>()(
  persist(
    (set) => ({
      name: guest,
      room: 'apple',
      view: 'chat',
      rename: (name) => set({ name }),
      enter: (room) => set({ room, view: 'chat' }),
      show: (view) => set({ view }),
    }),
    { name: 'wildcast-demo', partialize: ({ name, room }) => ({ name, room }) },
  ),
)

/** What a room may be called: one segment of a subject. */
export function isRoomName(text: string): boolean {
  return /^[^\s.*>#+/\p{Cc}]{1,40}$/u.test(text) && !['$', '_'].includes(text[0] ?? '')
}
