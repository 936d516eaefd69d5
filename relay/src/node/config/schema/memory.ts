import * as v from 'valibot'
import type { BrokerSettings } from '../../../brokers/settings.js'
import { defined } from './defined.js'
import { historyEntry } from './history.js'
import { storeLimitEntries } from './store-limits.js'
import { optional, type Reads, table } from './table.js'
import { text } from './values.js'

/** The keys of a memory broker. */
export function memorySettingsKeys(resolve: (file: string) => string): Reads<BrokerSettings> {
  const store = table({
    sqlite: optional(v.pipe(text, v.transform(resolve))),
    ...storeLimitEntries,
  })
  return v.pipe(
    table({ store: optional(store), ...historyEntry }),
    v.transform((keys) => ({ type: 'memory' as const, ...defined({ store: keys.store, history: keys.history }) })),
  )
}
