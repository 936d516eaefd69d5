// MQTT 3.1.1. Its topics have slashes, and other wildcards.
const topic = (subject) => subject.replaceAll('.', '/').replaceAll('*', '+').replaceAll('>', '#')

const text = (value) => Buffer.concat([Buffer.from([value.length >> 8, value.length & 255]), Buffer.from(value)])
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

/** Clean session, no keep-alive. */
const connect = { send: packet(0x10, text('MQTT'), Buffer.from([4, 2, 0, 0]), text('')), expect: '\x20\x02\x00\x00' }

const subscribe = (patterns) => ({
  send: packet(0x82, uint16(1), ...patterns.flatMap((pattern) => [text(topic(pattern)), Buffer.from([0])])),
  expect: '\x90',
})

// Below 0x4000, so that no id looks like the beginning of a PUBACK.
const ids = 0x3fff

/** @type {import('./dialect.js').Dialect} */
export const mqtt = {
  path: '/mqtt',
  protocol: 'mqtt',
  kind: 'binary',
  open: () => [connect],
  subscribe: (patterns) => [subscribe(patterns)],
  publish: (subject, payload, ref) =>
    ref === undefined
      ? packet(0x30, text(topic(subject)), Buffer.from(payload))
      : packet(0x32, text(topic(subject)), uint16(1 + (ref % ids)), Buffer.from(payload)),
  confirmation: { text: Buffer.from([0x40, 0x02]), length: 4 },
  // As before MQTT 5: the topic names the requester.
  requests: {
    serve: [subscribe(['echo.*'])],
    begin: (requester) => [subscribe([`reply.${requester}`])],
    ask: (requester, _, payload) => mqtt.publish(`echo.${requester}`, payload),
    requestPattern: /echo\/(?<to>\d+)(?<stamp>@T=\d{16})/g,
    answer: (to, payload) => mqtt.publish(`reply.${to}`, payload),
  },
}
