import { isDeepStrictEqual } from 'node:util'
import { natsAddressOf } from '../../../brokers/nats/address.js'
import { nodeAddress, redisAddressOf } from '../../../brokers/redis/options.js'
import type { BrokerSettings } from '../../../brokers/settings.js'

/** The default ports of the schemes of MQTT. */
const mqttPorts: Readonly<Record<string, string>> = {
  'mqtt:': '1883',
  'tcp:': '1883',
  'mqtts:': '8883',
  'ssl:': '8883',
  'ws:': '80',
  'wss:': '443',
}

/**
 * Whether two brokers are on one server, and one may have subjects of the other. It goes by hosts
 * and ports: two names of one host are two servers to it.
 */
export function serversOverlap(one: BrokerSettings, other: BrokerSettings): boolean {
  if (one.type !== other.type || !isSameAccount(one, other)) return false
  const theirs = serversOf(other)
  if (!serversOf(one).some((server) => theirs.includes(server))) return false
  const [begin, otherBegin] = [prefixOf(one), prefixOf(other)]
  return begin.startsWith(otherBegin) || otherBegin.startsWith(begin)
}

/** A NATS server keeps its accounts apart; which user belongs to which, only it knows. */
function isSameAccount(one: BrokerSettings, other: BrokerSettings): boolean {
  return one.type !== 'nats' || other.type !== 'nats' || isDeepStrictEqual(one.auth, other.auth)
}

function prefixOf(settings: BrokerSettings): string {
  if (settings.type === 'memory' || settings.prefix === undefined) return ''
  return settings.type === 'redis' ? settings.prefix : `${settings.prefix}.`
}

/** The servers of a broker, each `host:port`. All databases of a Redis have the same channels. */
function serversOf(settings: BrokerSettings): readonly string[] {
  switch (settings.type) {
    case 'memory':
      return []
    case 'redis': {
      const { cluster = [], sentinels = [] } = settings
      // With sentinels, the URL is not used.
      const addresses = sentinels.length > 0 ? [] : [redisAddressOf(settings)]
      return [...addresses, ...[...cluster, ...sentinels].map(nodeAddress)].map(serverAt)
    }
    case 'nats':
      return settings.addresses.map(natsAddressOf).map(serverAt)
    case 'mqtt': {
      const { protocol, hostname, port } = new URL(settings.address)
      return [serverAt({ host: hostname, port: port || (mqttPorts[protocol] ?? '') })]
    }
  }
}

function serverAt({ host, port }: { readonly host: string; readonly port: number | string }): string {
  const bare = host.toLowerCase().replace(/^\[|\]$/g, '')
  return `${/^(?:127\.\d+\.\d+\.\d+|::1)$/.test(bare) ? 'localhost' : bare}:${port}`
}
