import type { OpenBroker } from '../core/broker.js'
import { behindPrefix } from './behind-prefix.js'
import { type ForeignPorts, foreignBroker } from './foreign/foreign-broker.js'
import { prefixedRules } from './prefixed-stores.js'
import type { NatsSettings } from './settings.js'

/**
 * A broker on a NATS server or cluster. It opens even if no server is reachable, and the link comes
 * up later. See docs/delivery.md for its guarantees.
 * @throws {RangeError} when it is opened, if an address is invalid
 * @example
 * const main = nats({ addresses: ['nats://localhost:4222'] }, { clock: realClock, newId })
 * createRelay({ brokers: { main }, newId, onError: console.error })
 */
export function nats(settings: NatsSettings, ports: ForeignPorts): OpenBroker {
  return async (events) => {
    // The library is loaded only if it is used.
    const { NatsDriver } = await import('./nats/driver.js')
    const { pingIntervalMs, publishTimeoutMs, prefix } = settings
    const behind = prefix === undefined ? settings : { ...settings, history: prefixedRules(settings.history, prefix) }
    const open = foreignBroker(new NatsDriver(behind, ports), { ...ports, pingIntervalMs, publishTimeoutMs })
    return (prefix === undefined ? open : behindPrefix(open, prefix))(events)
  }
}
