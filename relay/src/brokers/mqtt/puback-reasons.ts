import { createRequire } from 'node:module'

// mqtt-packet treats a PUBACK as broken if its reason is not in a table, drops the data behind it,
// and the publish never settles. mosquitto answers 0x95, "packet too large", beyond its
// message_size_limit. So each reason for a refusal is added to the table; refusals.ts words them.
// mqtt.js has its own copy of mqtt-packet, which must be found.
const require = createRequire(createRequire(import.meta.url).resolve('mqtt'))
const { MQTT5_PUBACK_PUBREC_CODES: known } = require('mqtt-packet/constants') as {
  readonly MQTT5_PUBACK_PUBREC_CODES: Record<number, string>
}
for (let reason = 0x80; reason <= 0xff; reason++) known[reason] ??= 'Refused'
