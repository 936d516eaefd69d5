import type { StoreSettings } from '../brokers/settings.js'
import { realClock } from '../core/clock.js'
import type { HistoryRule } from '../core/history-rules.js'
import { defaultStoreLimits } from '../stores/limits.js'
import type { OpenStore } from '../stores/local-store.js'
import { memoryStore } from '../stores/memory/memory-store.js'
import type { StoreContents } from '../stores/sqlite/writer-messages.js'
import { sqlite } from '../stores/sqlite.js'

/** Called when the file of a store is open. */
export type OnStored = (file: string, contents: StoreContents) => void

export interface ConfiguredStoreOptions {
  readonly onStored?: OnStored | undefined
  /** Whether relays come and go while the store is open. @default false */
  readonly leases?: boolean
  /** Which messages are kept. @default none */
  readonly rules?: readonly HistoryRule[] | undefined
}

/** The store that settings describe: in memory, or on disk. */
export function configuredStore(
  settings: StoreSettings = {},
  { onStored, leases, rules }: ConfiguredStoreOptions = {},
): OpenStore {
  const { sqlite: file, ...given } = settings
  const limits = { ...defaultStoreLimits, ...given }
  if (file === undefined) return memoryStore({ clock: realClock, limits, leases, rules })
  return sqlite({ file, limits, clock: realClock, rules, onOpened: (contents) => onStored?.(file, contents) })
}
