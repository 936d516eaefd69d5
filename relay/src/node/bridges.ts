import type { BrokerSettings } from '../brokers/settings.js'
import type { Bridge } from '../core/bridge.js'
import type { Config } from './config/config.js'

/**
 * The bridges of a configuration. Relays with the same bridge share its work if the broker's groups
 * receive everything that is published.
 */
export function bridgesOf({ bridges, brokers }: Pick<Config, 'bridges' | 'brokers'>): readonly Bridge[] {
  return bridges.map(({ from, to }) => {
    const shared = groupsSeeAll(brokers.get(from.broker))
    return { from, to: to.broker, group: shared ? `wildcast-bridge-${to.broker}` : undefined }
  })
}

/**
 * A Redis group gets messages from relays only, and would miss others; the memory broker has one
 * relay.
 */
function groupsSeeAll(settings: BrokerSettings | undefined): boolean {
  return settings?.type === 'nats' || settings?.type === 'mqtt'
}
