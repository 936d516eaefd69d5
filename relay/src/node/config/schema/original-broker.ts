import * as v from 'valibot'
import type { BrokerSettings } from '../../../brokers/settings.js'
import { meant } from '../nearest.js'
import type { Resolve } from './certificates.js'
import { mqttSettingsKeys } from './mqtt.js'
import { natsSettingsKeys } from './nats.js'
import { redisUrl } from './redis.js'
import type { Reads } from './table.js'
import { tagged } from './tagged.js'

/**
 * A broker in the original's form: `"InMemoryBroker"`, `{ Redis = "redis://…" }`, a table `Nats` or
 * `Mqtt`. In a query string, `InMemoryBroker` is also a key.
 */
export function originalBroker(resolve: Resolve): Reads<BrokerSettings> {
  const memory: BrokerSettings = { type: 'memory' }
  const kinds = tagged<BrokerSettings>('broker type', {
    InMemoryBroker: v.pipe(
      v.unknown(),
      v.transform(() => memory),
    ),
    Redis: v.pipe(
      redisUrl,
      v.transform((url) => ({ type: 'redis' as const, url })),
    ),
    Nats: natsSettingsKeys(resolve),
    // The original's documentation spells it like this.
    NATs: natsSettingsKeys(resolve),
    Mqtt: mqttSettingsKeys(resolve),
  })
  const word = v.pipe(
    v.literal(
      'InMemoryBroker',
      ({ input }) =>
        '{it} must be "InMemoryBroker", or a table such as { Redis = "redis://localhost:6379" }' +
        meant(input, ['InMemoryBroker']),
    ),
    v.transform(() => memory),
  )
  return v.lazy((input) => (typeof input === 'string' ? word : kinds)) as Reads<BrokerSettings>
}
