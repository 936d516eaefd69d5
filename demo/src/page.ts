import { create } from 'zustand'
import { readStored, writeStored } from './storage.js'

/** The views; the hash of the URL names one, and what is open in it: see `placeOf`. */
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
  /** The rest of the hash, such as `market`, or a pattern and its broker. */
  readonly parts: readonly string[]
  /** The broker of the room; without one it is the relay's default. */
  readonly broker?: string | undefined
  /** The part of the URL that is not here. */
  readonly missing?: Missing | undefined
  /** The step of the tour that is shown; 0 if none is. */
  readonly tour: number
  rename(name: string): void
  /** Opens a room on a broker, and writes it into the URL. */
  enter(room: string, broker: string): void
  setTheme(theme: Theme): void
}

interface Missing {
  readonly kind: string
  readonly name: string
  /** The part that is shown in its place; undefined if a shorter URL shows the same. */
  readonly instead: string | undefined
}

/** The name of a room: one segment of a subject, or the vault. */
export function isRoomName(text: string): boolean {
  return /^(?![$_])[^\s.*>#+/\p{Cc}\p{Cs}]{1,40}$/u.test(text) || text === 'staff.vault'
}

/** The hash of a view and what is open in it. */
export function hashOf(view: View, ...parts: readonly string[]): string {
  return `#/${[view, ...parts.map(encodeURIComponent)].join('/')}`
}

type Place = Pick<Page, 'view' | 'parts'> & Partial<Pick<Page, 'room' | 'broker'>>

/**
 * Reads `#/chat/main/pear`, `#/dashboard/market` or `#/explorer/price.*`. Whatever else is there
 * leads to the chat, or to the room that was open before.
 */
function placeOf(hash: string): Place {
  const [, name, ...parts] = partsOf(hash)
  const view = views.find((view) => view === name) ?? 'chat'
  const [broker, room = ''] = parts
  return { view, parts, ...(view === 'chat' && isRoomName(room) && { room, broker }) }
}

function partsOf(hash: string, broken = (_: string): string => ''): readonly string[] {
  return hash.split('/').map((text) => {
    try {
      return decodeURIComponent(text)
    } catch {
      return broken(text) // a URL that was cut
    }
  })
}

/** The kinds of the parts of a hash, by its view. */
const kinds: Record<View, readonly string[]> = {
  chat: ['view', 'broker', 'room'],
  dashboard: ['view', 'part'],
  explorer: ['view', 'pattern', 'broker'],
  faults: ['view'],
}

/** The first part of a hash that its correction replaces. */
function missingIn(hash: string, corrected: string): Missing | undefined {
  const [before, after] = [partsOf(hash, (text) => text), partsOf(corrected)]
  const place = before.findIndex((part, i) => i > 0 && part !== '' && part !== after[i])
  if (place < 0) return undefined
  const view = views.find((view) => view === before[1]) ?? 'chat'
  return { kind: kinds[view][place - 1] ?? 'part', name: before[place] ?? '', instead: after[place] }
}

/** The hash that the page shows. The event of a new one comes later than the hash. */
let shown = location.hash

/** Corrects the URL without a step in the history, and keeps what it named. */
export function correctHash(hash: string): void {
  if (shown === hash || shown !== location.hash) return
  const missing = missingIn(shown, hash)
  history.replaceState(null, '', hash)
  shown = location.hash
  if (missing) usePage.setState({ missing })
}

const storageKey = 'wildcast-demo'

/** The state that a reload keeps. */
type Kept = Pick<Page, 'name' | 'room' | 'theme' | 'broker' | 'tour'>

function readKept(): Partial<Kept> {
  const { state } = readStored(storageKey)
  // A browser that has kept a page needs no tour.
  return typeof state === 'object' ? { ...state } : { tour: 1 }
}

export const usePage = create<Page>()((set) => ({
  name: `guest-${Math.floor(Math.random() * 900) + 100}`,
  room: 'apple',
  theme: 'system',
  tour: 0,
  ...readKept(),
  ...placeOf(location.hash),
  rename: (name) => set({ name }),
  enter(room, broker) {
    location.hash = hashOf('chat', broker, room)
    shown = location.hash
    set({ view: 'chat', parts: [broker, room], room, broker })
  },
  setTheme: (theme) => set({ theme }),
}))

function keep({ name, room, theme, broker, tour }: Page): void {
  writeStored(storageKey, { state: { name, room, theme, broker, tour } satisfies Kept })
}
usePage.subscribe(keep)

addEventListener('hashchange', () => {
  shown = location.hash
  usePage.setState({ ...placeOf(shown), missing: undefined })
})

function applyTheme({ theme }: Page): void {
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
}
applyTheme(usePage.getState())
usePage.subscribe(applyTheme)
