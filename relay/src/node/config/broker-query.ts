import { parse } from 'qs'
import type { BrokerSettings } from '../../brokers/settings.js'
import type { ConfigEnvironment } from './config-environment.js'
import { expand } from './expand.js'
import { originalBroker } from './schema/original-broker.js'
import { validate } from './validate.js'

/**
 * Reads a broker from a query string, as the original does: `InMemoryBroker`,
 * `Redis=redis://redis:6379`, `Nats[addresses][0]=nats`.
 * @param flag the flag or variable that problems name
 * @throws {ConfigError} with everything that is wrong
 */
export function brokerOfQuery(query: string, flag: string, environment: ConfigEnvironment): BrokerSettings {
  const expanded = expand(parse(query), environment)
  return validate(originalBroker(environment.resolve), expanded, { file: flag, faults: [], lineOf: () => undefined })
}
