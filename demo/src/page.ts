import { create } from 'zustand'

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
  /** The broker of the room; without one it is the relay's default. */
  readonly broker?: string | undefined
  rename(name: string): void
  /** Opens a room on a broker. */
  enter(room: string, broker: string): void
  setTheme(theme: Theme): void
  /** Opens a view, and writes it into the URL. */
  show(view: View): void
}

const guest = `guest-${Math.floor(Math.random() * 900) + 100}`

function placeOf(hash: string): Pick<Page, 'view' | 'part'> {
  const [, name, part = ''] = hash.split('/')
  return { view: views.find((view) => view === name) ?? 'chat', part }
}

const storageKey = 'wildcast-demo'

/** The state that a reload keeps. */
type Kept = Pick<Page, 'name' | 'room' | 'theme' | 'broker'>

function readKept(): Partial<Kept> {
  try {
    return JSON.parse(localStorage.getItem(storageKey) ?? '{}').state ?? {}
  } catch {
    return {} // damaged, or forbidden
  }
}

export const usePage = create<Page>()((set) => ({
  name: guest,
  room: 'apple',
  theme: 'system',
  ...readKept(),
  ...placeOf(location.hash),
  rename: (name) => set({ name }),
  enter: (room, broker) => set({ room, broker }),
  setTheme: (theme) => set({ theme }),
  show: (view) => {
    location.hash = `#/${view}`
  },
}))

function keep({ name, room, theme, broker }: Page): void {
  try {
    localStorage.setItem(storageKey, JSON.stringify({ state: { name, room, theme, broker } satisfies Kept }))
  } catch {
    // A full or forbidden storage: the page forgets.
  }
}
usePage.subscribe(keep)

addEventListener('hashchange', () => usePage.setState(placeOf(location.hash)))

function applyTheme({ theme }: Page): void {
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
}
applyTheme(usePage.getState())
usePage.subscribe(applyTheme)
