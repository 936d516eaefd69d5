import type { OpenBroker } from '../core/broker.js'
import { type ForeignPorts, foreignBroker } from './foreign/foreign-broker.js'
import type { NatsSettings } from './settings.js'

/**
 * A NATS server or cluster. Opens also where it is not reached: the link comes up when it is. What
 * it promises stands in docs/delivery.md.
 * @throws {RangeError} at its opening, where an address is none
 * @example createRelay({ brokers: { main: nats({ addresses: ['nats://localhost:4222'] }, { clock: realClock, newId }) }, newId, onError: console.error })
 */
export function nats(settings: NatsSettings, ports: ForeignPorts): OpenBroker {
  return async (events) => {
    // The library is loaded only where it is used.
    const { NatsDriver } = await import('./nats/driver.js')
    const { pingIntervalMs, publishTimeoutMs } = settings
    return foreignBroker(new NatsDriver(settings, ports), { ...ports, pingIntervalMs, publishTimeoutMs })(events)
  }
}
