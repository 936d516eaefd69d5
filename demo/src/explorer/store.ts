import { create } from 'zustand'
import { hashOf, usePage } from '../page.js'

export type Tab = 'messages' | 'publish' | 'request' | 'serve'

/** A header as it is typed. */
export interface HeaderLine {
  readonly id: number
  readonly name: string
  readonly value: string
}

/** The fields of a message to send. */
export interface Draft {
  readonly subject: string
  readonly payload: string
  readonly headers: readonly HeaderLine[]
}

interface ExplorerState {
  /** Undefined: the relay's default. */
  readonly broker: string | undefined
  /** The pattern that is subscribed to. */
  readonly pattern: string
  /** A wide screen shows the messages beside the other tabs. */
  readonly tab: Tab
  readonly publish: Draft
  readonly request: Draft
}

const [pattern = 'price.*', broker] = usePage.getState().parts

/** The state of the explorer, which another view does not end. */
export const useExplorer = create<ExplorerState>()(() => ({
  broker,
  pattern: pattern || 'price.*',
  tab: 'messages',
  publish: { subject: 'good.apple', payload: '{"from": "Ada", "text": "hi"}', headers: [] },
  request: { subject: 'math.sum', payload: '[1, 2]', headers: [] },
}))

/** The hash that names what the explorer reads. */
export function explorerHash(): string {
  const { pattern, broker } = useExplorer.getState()
  return hashOf('explorer', pattern, ...(broker ? [broker] : []))
}

/** Reads another pattern or broker, and writes it into the URL. */
export function explore(change: Partial<Pick<ExplorerState, 'pattern' | 'broker'>>): void {
  useExplorer.setState(change)
  location.hash = explorerHash()
}

/** Changes fields of a draft. */
export function changeDraft(form: 'publish' | 'request', change: Partial<Draft>): void {
  useExplorer.setState(({ [form]: draft }) => ({ [form]: { ...draft, ...change } }))
}

/** The headers of a draft as the client takes them. Lines without a name are left out. */
export function headersOf({ headers }: Draft): readonly (readonly [name: string, value: string])[] {
  return headers.filter(({ name }) => name !== '').map(({ name, value }) => [name, value])
}
