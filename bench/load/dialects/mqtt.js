import { connectPacket, publishPacket, subscribePacket } from '../mqtt-packets.js'

// MQTT 3.1.1. Its topics have slashes, and other wildcards.
const topic = (subject) => subject.replaceAll('.', '/').replaceAll('*', '+').replaceAll('>', '#')

const connect = { send: connectPacket(), expect: '\x20\x02\x00\x00' }

const subscribe = (patterns) => ({ send: subscribePacket(patterns.map(topic)), expect: '\x90' })

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
    publishPacket(topic(subject), payload, ref === undefined ? undefined : 1 + (ref % ids)),
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
