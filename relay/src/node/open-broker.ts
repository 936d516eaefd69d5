import { memory } from '../brokers/memory.js'
import { memoryLink } from '../brokers/memory-link.js'
import { mqtt } from '../brokers/mqtt.js'
import { nats } from '../brokers/nats.js'
import { redis } from '../brokers/redis.js'
import type { BrokerSettings } from '../brokers/settings.js'
import type { OpenBroker } from '../core/broker.js'
import { realClock } from '../core/clock.js'
import { configuredStore, type OnStored } from './configured-store.js'
import { newId } from './new-id.js'

export interface OpenBrokerOptions {
  /** Called when it has opened a store on disk. */
  readonly onStored?: OnStored | undefined
  /** See `Limits`. */
  readonly valueCache?: number | undefined
}

/** The broker that settings describe. */
export function openBroker(settings: BrokerSettings, { onStored, valueCache }: OpenBrokerOptions = {}): OpenBroker {
  const ports = { clock: realClock, newId, valueCache }
  switch (settings.type) {
    case 'memory':
      return settings.socket === undefined
        ? memory({ ...ports, store: configuredStore(settings.store, { onStored, rules: settings.history }) })
        : memoryLink(settings.socket, ports, settings.history)
    case 'redis':
      return redis(settings, ports)
    case 'nats':
      return nats(settings, ports)
    case 'mqtt':
      return mqtt(settings, ports)
  }
}
