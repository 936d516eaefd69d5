import { create } from 'zustand'
import { persist } from 'zustand/middleware'

/** Who I am and where I was, also after a reload. What was said lives in the subscription. */
interface Page {
  readonly name: string
  readonly room: string
  readonly view: 'chat' | 'wire'
  /** Absent: the relay's default. */
  readonly broker?: string
  rename(name: string): void
  enter(room: string): void
  show(view: Page['view']): void
  speakOn(broker: string): void
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
      speakOn: (broker) => set({ broker }),
    }),
    { name: 'wildcast-demo', partialize: ({ name, room }) => ({ name, room }) },
  ),
)

/** What a room may be called: one segment of a subject. */
export function isRoomName(text: string): boolean {
  return /^[^\s.*>#+/\p{Cc}]{1,40}$/u.test(text) && !['$', '_'].includes(text[0] ?? '')
}
