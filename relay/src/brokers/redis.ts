import type { OpenBroker } from '../core/broker.js'
import { type ForeignPorts, foreignBroker } from './foreign/foreign-broker.js'
import type { RedisSettings } from './settings.js'

/**
 * A Redis, or a cluster of them: subjects are channels, groups are consumer groups of streams. What
 * it promises stands in docs/delivery.md.
 * @throws {WildcastError} `unsupported` at its opening, where the settings hold an option that
 * can't be kept
 * @example createRelay({ brokers: { main: redis({ url: 'redis://localhost:6379' }, { clock: realClock, newId }) }, newId, onError: console.error })
 */
export function redis(settings: RedisSettings, ports: ForeignPorts): OpenBroker {
  return async (events) => {
    // The library is loaded only where it is used.
    const { redisDriver } = await import('./redis/driver.js')
    return foreignBroker(redisDriver(settings, ports), { ...settings, ...ports })(events)
  }
}
