/** The part of MessagePack that these frames need. */
const text = (value) => Buffer.concat([header(value.length, [0xa0, 32], [0xd9, 256]), Buffer.from(value)])
const bin = (value) => Buffer.concat([header(value.length, [0xc4, 256], [0xc5, 65536], [0xc6]), Buffer.from(value)])
const uint32 = (value) => Buffer.from([0xce, value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255])
const map = (...fields) => Buffer.concat([Buffer.from([0x80 | (fields.length / 2)]), ...fields])
const yes = Buffer.from([0xc3])

/** The first form that can hold the length; a form below 0xc0 contains the length itself. */
function header(length, ...forms) {
  const [first, limit] = forms.find(([, limit = Number.POSITIVE_INFINITY]) => length < limit)
  if (first < 0xc0) return Buffer.from([first | length])
  const width = limit === 256 ? 1 : limit === 65536 ? 2 : 4
  const bytes = Buffer.alloc(1 + width, first)
  bytes.writeUIntBE(length, 1, width)
  return bytes
}

const names = Object.fromEntries(
  ['Subscribe', 'Publish', 'Request', 'subject', 'message', 'ref', 'serve'].map((name) => [name, text(name)]),
)
const subscribe = (body) => ({ send: map(names.Subscribe, body), expect: 'Subscribed' })

/** @type {import('./dialect.js').Dialect} */
export const wildcastMsgpack = {
  path: '/ws',
  protocol: 'wildcast.v1+msgpack',
  kind: 'binary',
  open: () => [],
  subscribe: (patterns) => patterns.map((pattern) => subscribe(text(pattern))),
  publish(subject, payload, ref) {
    const fields = [names.subject, text(subject), names.message, bin(payload)]
    if (ref !== undefined) fields.push(names.ref, uint32(ref))
    return map(names.Publish, map(...fields))
  },
  confirmation: { text: Buffer.from([0xa3, ...Buffer.from('Ack')]), length: 4 },
  requests: {
    serve: [subscribe(map(names.subject, text('echo'), names.serve, yes))],
    begin: () => [],
    ask: (_, ref, payload) =>
      map(names.Request, map(names.ref, uint32(ref), names.subject, text('echo'), names.message, bin(payload))),
    // After the name comes the length of the text, in one byte or two.
    requestPattern: /(?<stamp>@T=\d{16})x*.*?response_subject(?:[\xa0-\xbf]|\xd9.)(?<to>[\w.$-]+)/gs,
    answer: (to, payload) => wildcastMsgpack.publish(to, payload),
  },
}
