import { create } from 'zustand'
import { persist } from 'zustand/middleware'

/** The views; the hash of the URL names one, perhaps with a part, such as `#/dashboard/market`. */
export const views = ['chat', 'dashboard', 'explorer', 'faults'] as const
export type View = (typeof views)[number]

/** `system` follows the operating system. */
export type Theme = 'system' | 'light' | 'dark'

/** The state of the page itself. Each view keeps its own. */
interface Page {
  readonly name: string
  readonly room: string
  readonly theme: Theme
  readonly view: View
  /** The part of the view that the URL names, or nothing. */
  readonly part: string
  /** The broker of the chat; without one it is the relay's default. */
  readonly broker?: string | undefined
  rename(name: string): void
  enter(room: string): void
  setTheme(theme: Theme): void
  /** Opens a view, and writes it into the URL. */
  show(view: View): void
  setBroker(broker: string): void
}

const guest = `guest-${Math.floor(Math.random() * 900) + 100}`

function placeOf(hash: string): Pick<Page, 'view' | 'part'> {
  const [, name, part = ''] = hash.split('/')
  return { view: views.find((view) => view === name) ?? 'chat', part }
}

export const usePage = create<Page>()(
  persist(
    (set) => ({
      name: guest,
      room: 'apple',
      theme: 'system',
      ...placeOf(location.hash),
      rename: (name) => set({ name }),
      enter: (room) => set({ room }),
      setTheme: (theme) => set({ theme }),
      show: (view) => {
        location.hash = `#/${view}`
      },
      setBroker: (broker) => set({ broker }),
    }),
    { name: 'wildcast-demo', partialize: ({ name, room, theme, broker }) => ({ name, room, theme, broker }) },
  ),
)

addEventListener('hashchange', () => usePage.setState(placeOf(location.hash)))

function applyTheme({ theme }: Page): void {
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
}
applyTheme(usePage.getState())
usePage.subscribe(applyTheme)
