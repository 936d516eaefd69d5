import * as v from 'valibot'
import type { BrokerSettings } from '../../../brokers/settings.js'
import { url } from './addresses.js'
import { certificateEntries, certificatesNeed, type Resolve, tlsOf } from './certificates.js'
import { defined } from './defined.js'
import { linkEntries, linkOf } from './link.js'
import { prefix } from './prefix.js'
import { optional, type Reads, table } from './table.js'
import { choice, seconds, secret, text, wholeNumber } from './values.js'

const example = 'mqtt://localhost:1883'
const schemes = ['mqtt', 'mqtts', 'tcp', 'ssl', 'ws', 'wss']

/** Keys that only brokers of other types have. */
const refusals = {
  history: '{it} has no effect, since MQTT keeps no messages; remove it, or use memory, Redis or NATS',
}

/** The packet has two bytes for the interval. */
const longestKeepAlive = 65_535

/** The limit of the packet's length field. */
const longestPacket = 268_435_460

const version: Reads<'5' | '3.1.1'> = v.pipe(
  v.unknown(),
  v.transform((value) => (value === 5 ? '5' : value)),
  choice({ '5': '5' as const, '3.1.1': '3.1.1' as const }),
)

/** The keys of an MQTT broker. */
export function mqttSettingsKeys(resolve: Resolve): Reads<BrokerSettings> {
  const entries = {
    address: url(schemes, example),
    id: optional(text),
    keep_alive: optional(seconds(1, longestKeepAlive)),
    credentials: optional(table({ username: text, password: secret })),
    version: optional(version),
    max_packet_size: optional(wholeNumber(100, longestPacket, 'bytes')),
    prefix: optional(prefix),
    payload: optional(choice({ raw: 'raw' as const, envelope: 'envelope' as const })),
    ...certificateEntries(resolve),
    ...linkEntries,
  }
  return v.pipe(
    table(entries, { address: `"${example}"` }, [], refusals),
    certificatesNeed((keys) => /^(?:mqtts|ssl|wss):/i.test(keys.address), 'write the address as mqtts://…'),
    v.transform((keys) => ({
      type: 'mqtt' as const,
      ...linkOf(keys),
      ...defined({
        address: keys.address,
        id: keys.id,
        keepAliveMs: keys.keep_alive,
        credentials: keys.credentials,
        tls: tlsOf(keys),
        version: keys.version,
        maxPacketSize: keys.max_packet_size,
        payload: keys.payload,
        prefix: keys.prefix,
      }),
    })),
  )
}
