import type { RelayOptions } from '../core/relay.js'
import type { Config } from './config/config.js'
import type { OnStored } from './configured-store.js'
import type { Monitoring } from './monitoring.js'
import { openBroker } from './open-broker.js'

/** The brokers of a configuration, by name. */
export function openBrokers(
  { brokers, limits }: Config,
  { stored }: Pick<Monitoring, 'stored'>,
): RelayOptions['brokers'] {
  const opened = [...brokers].map(([name, settings]) => {
    const onStored: OnStored = (file, contents) => stored(name, file, contents)
    return [name, openBroker(settings, { onStored, valueCache: limits?.valueCache })] as const
  })
  return Object.fromEntries(opened)
}
