import type { Clock } from '../../core/clock.js'
import { type LoadOfRelay, ratesOf } from './load-of-relay.js'
import { type RelayReading, readingOf } from './relay-reading.js'

/** How a relay is read: through its admin port. */
export interface RelaySource {
  readonly address: string
  request(path: string): Promise<Readonly<Record<string, unknown>>>
  text(path: string): Promise<string>
}

/** A relay as it is shown. */
export type ShownRelay = { readonly address: string } & (
  | { readonly rates: LoadOfRelay }
  /** There is one reading so far. */
  | { readonly rates: undefined; readonly error: undefined }
  | { readonly rates: undefined; readonly error: string }
)

/** Returns a function that reads all relays, and compares each reading with the one before. */
export function watchRelays(sources: readonly RelaySource[], clock: Clock): () => Promise<readonly ShownRelay[]> {
  const last = new Map<RelaySource, RelayReading>()
  const read = async (source: RelaySource): Promise<ShownRelay> => {
    const { address } = source
    try {
      const [text, { total }] = await Promise.all([source.text('/metrics'), source.request('/sessions?limit=1')])
      const now = readingOf(text, Number(total), clock.now())
      const before = last.get(source)
      last.set(source, now)
      return before ? { address, rates: ratesOf(before, now) } : { address, rates: undefined, error: undefined }
    } catch (cause) {
      last.delete(source)
      return { address, rates: undefined, error: cause instanceof Error ? cause.message : String(cause) }
    }
  }
  return () => Promise.all(sources.map(read))
}
