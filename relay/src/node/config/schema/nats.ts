import * as v from 'valibot'
import type { BrokerSettings } from '../../../brokers/settings.js'
import { natsAddress } from './addresses.js'
import { certificateEntries, certificatesNeed, type Resolve, tlsOf } from './certificates.js'
import { defined } from './defined.js'
import { historyEntry } from './history.js'
import { linkEntries, linkOf } from './link.js'
import { natsAuth } from './nats-auth.js'
import { prefix } from './prefix.js'
import { storeLimitEntries } from './store-limits.js'
import { optional, type Reads, table } from './table.js'
import { list, text, truth } from './values.js'

const example = '["nats://localhost:4222"]'

/** The keys of a NATS broker, which are the original's. */
export function natsSettingsKeys(resolve: Resolve): Reads<BrokerSettings> {
  const entries = {
    addresses: list(natsAddress, example),
    tls: optional(truth),
    client_name: optional(text),
    prefix: optional(prefix),
    auth: optional(natsAuth(resolve)),
    store: optional(table(storeLimitEntries)),
    ...historyEntry,
    ...certificateEntries(resolve),
    ...linkEntries,
  }
  return v.pipe(
    table(entries, { addresses: example }),
    certificatesNeed((keys) => keys.tls !== false, 'write tls = true, or remove the certificates'),
    v.transform((keys) => ({
      type: 'nats' as const,
      ...linkOf(keys),
      ...defined({
        addresses: keys.addresses,
        tls: tlsOf(keys) ?? keys.tls,
        clientName: keys.client_name,
        prefix: keys.prefix,
        auth: keys.auth,
        store: keys.store && defined(keys.store),
        history: keys.history,
      }),
    })),
  )
}
