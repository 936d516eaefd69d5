import * as v from 'valibot'
import type { BrokerSettings } from '../../../brokers/settings.js'
import { hostAndPort, url } from './addresses.js'
import { certificateEntries, certificatesNeed, type Resolve, tlsOf } from './certificates.js'
import { defined } from './defined.js'
import { historyEntry } from './history.js'
import { linkEntries, linkOf } from './link.js'
import { storeLimitEntries } from './store-limits.js'
import { isTable, optional, type Reads, type Table, table } from './table.js'
import { list, secret, text, truth, wholeNumber } from './values.js'

const example = 'redis://localhost:6379'

export const redisUrl: Reads<string> = url(['redis', 'rediss'], example)

/** The keys of a Redis broker. */
export function redisSettingsKeys(resolve: Resolve): Reads<BrokerSettings> {
  const nodes = list(hostAndPort, '["localhost:7000", "localhost:7001"]')
  const entries = {
    url: redisUrl,
    username: optional(text),
    password: optional(secret),
    db: optional(wholeNumber(0, 65_535)),
    prefix: optional(text),
    sharded: optional(truth),
    cluster: optional(nodes),
    sentinels: optional(nodes),
    sentinel_name: optional(text),
    sentinel_password: optional(secret),
    store: optional(table(storeLimitEntries)),
    ...historyEntry,
    options: optional<Table>(v.custom<Table>(isTable, '{it} must be a table of ioredis options')),
    ...certificateEntries(resolve),
    ...linkEntries,
  }
  return v.pipe(
    table(entries, { url: `"${example}"` }),
    certificatesNeed((keys) => /^rediss:/i.test(keys.url), 'write the URL as rediss://…'),
    v.check((keys) => !(keys.cluster && keys.sentinels), '{it} has both "cluster" and "sentinels"; remove one'),
    v.check(
      (keys) => (keys.sentinels === undefined) === (keys.sentinel_name === undefined),
      '{it} must have both "sentinels" and "sentinel_name", the name of their master, or neither',
    ),
    v.transform((keys) => ({
      type: 'redis' as const,
      ...linkOf(keys),
      ...defined({
        url: keys.url,
        tls: tlsOf(keys),
        username: keys.username,
        password: keys.password,
        db: keys.db,
        prefix: keys.prefix,
        sharded: keys.sharded,
        cluster: keys.cluster,
        sentinels: keys.sentinels,
        sentinelName: keys.sentinel_name,
        sentinelPassword: keys.sentinel_password,
        store: keys.store && defined(keys.store),
        history: keys.history,
        options: keys.options,
      }),
    })),
  )
}
