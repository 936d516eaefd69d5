import type { BrokerSettings } from '../brokers/settings.js'
import type { Bridge } from '../core/bridge.js'
import type { Config } from './config/config.js'

/**
 * The bridges of a configuration. Relays with the same bridge share its work where the broker's
 * groups see whatever is published.
 */
export function bridgesOf({ bridges, brokers }: Pick<Config, 'bridges' | 'brokers'>): readonly Bridge[] {
  return bridges.map(({ from, to }) => {
    const shared = groupsSeeAll(brokers.get(from.broker))
    return { from, to: to.broker, group: shared ? `wildcast-bridge-${to.broker}` : undefined }
  })
}

/**
 * A Redis group is fed by relays only, and would miss what others publish; the broker in memory has
 * one relay.
 */
function groupsSeeAll(settings: BrokerSettings | undefined): boolean {
  return settings?.type === 'nats' || settings?.type === 'mqtt'
}
