import { createRequire } from 'node:module'

// mqtt-packet takes a PUBACK for broken whose reason is not in its table, throws away what follows
// it, and the publish never settles. mosquitto answers 0x95, "packet too large", past its
// message_size_limit. So the table learns every reason that means no; what they mean for us stands
// in refusals.ts. mqtt-packet belongs to mqtt.js, whose own copy must be found.
const require = createRequire(createRequire(import.meta.url).resolve('mqtt'))
const { MQTT5_PUBACK_PUBREC_CODES: known } = require('mqtt-packet/constants') as {
  readonly MQTT5_PUBACK_PUBREC_CODES: Record<number, string>
}
for (let reason = 0x80; reason <= 0xff; reason++) known[reason] ??= 'Refused'
