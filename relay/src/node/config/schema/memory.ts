import * as v from 'valibot'
import type { BrokerSettings } from '../../../brokers/settings.js'
import { defined } from './defined.js'
import { optional, type Reads, table } from './table.js'
import { text, wholeNumber } from './values.js'

/** More than one process can index. */
const mostValues = 1_000_000_000

/** The keys of a memory broker. */
export function memorySettingsKeys(resolve: (file: string) => string): Reads<BrokerSettings> {
  const store = table({
    sqlite: optional(v.pipe(text, v.transform(resolve))),
    values: optional(wholeNumber(1, mostValues)),
    bytes: optional(wholeNumber(1, Number.MAX_SAFE_INTEGER, 'bytes')),
  })
  return v.pipe(
    table({ store: optional(store) }),
    v.transform((keys) => ({ type: 'memory' as const, ...defined({ store: keys.store }) })),
  )
}
