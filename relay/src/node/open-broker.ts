import type { OpenBroker } from '../brokers/broker.js'
import { memory } from '../brokers/memory.js'
import type { BrokerSettings } from '../brokers/settings.js'
import { realClock } from '../core/clock.js'
import { newId } from './new-id.js'

/** The broker that settings describe. Its library is loaded only now, so that nobody waits for one that is not used. */
export async function openBroker(settings: BrokerSettings): Promise<OpenBroker> {
  const ports = { clock: realClock, newId }
  switch (settings.type) {
    case 'memory':
      return memory(ports)
    case 'redis':
    case 'nats':
    case 'mqtt':
      throw new Error(`this release can't reach ${settings.type} yet; take type = "memory" (InMemoryBroker)`)
  }
}
