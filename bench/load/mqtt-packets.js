// The packets of MQTT 3.1.1 that the load generators send.

const text = (value) => Buffer.concat([uint16(value.length), Buffer.from(value)])
const uint16 = (value) => Buffer.from([value >> 8, value & 255])

function packet(first, ...parts) {
  let left = parts.reduce((sum, part) => sum + part.length, 0)
  const header = [first]
  do {
    header.push(left > 127 ? (left & 127) | 128 : left)
    left >>= 7
  } while (left > 0)
  return Buffer.concat([Buffer.from(header), ...parts])
}

/** CONNECT with a clean session and no keep-alive. */
export const connectPacket = (clientId = '') => packet(0x10, text('MQTT'), Buffer.from([4, 2, 0, 0]), text(clientId))

/** SUBSCRIBE with the packet id 1. @param {readonly string[]} filters */
export const subscribePacket = (filters, qos = 0) =>
  packet(0x82, uint16(1), ...filters.flatMap((filter) => [text(filter), Buffer.from([qos])]))

/** PUBLISH, with QoS 1 if it has a packet id. */
export const publishPacket = (topic, payload, id) =>
  id === undefined
    ? packet(0x30, text(topic), Buffer.from(payload))
    : packet(0x32, text(topic), uint16(id), Buffer.from(payload))
