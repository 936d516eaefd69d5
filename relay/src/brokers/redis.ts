import type { OpenBroker } from '../core/broker.js'
import { type ForeignPorts, foreignBroker } from './foreign/foreign-broker.js'
import type { RedisSettings } from './settings.js'

/**
 * A broker on Redis: subjects are channels, groups are consumer groups of streams. See
 * docs/delivery.md for its guarantees.
 * @throws {WildcastError} `unsupported` when it is opened, if the settings hold an option that it
 * can't support
 * @example
 * const main = redis({ url: 'redis://localhost:6379' }, { clock: realClock, newId })
 * createRelay({ brokers: { main }, newId, onError: console.error })
 */
export function redis(settings: RedisSettings, ports: ForeignPorts): OpenBroker {
  return async (events) => {
    // The library is loaded only if it is used.
    const { redisDriver } = await import('./redis/driver.js')
    return foreignBroker(redisDriver(settings, ports), { ...settings, ...ports })(events)
  }
}
