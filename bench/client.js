// The SDK's cost of a message, from the WebSocket's data to the handler, over the bare decoder, in
// one run; it must not depend on the number of subscriptions:
// node bench/client.js [rounds] [messages]
import { decode } from '@msgpack/msgpack'
import { createClient } from '@wildcast/client'
import { msgpack } from '@wildcast/client/msgpack'
import { lightJsonCodec, readClientFrame } from '@wildcast/protocol'

const [rounds, messages] = [process.argv[2] ?? 21, process.argv[3] ?? 50_000].map(Number)

/** The payload of a frame: a row of a price list, 128 bytes of JSON. */
const payload = (i) => JSON.stringify({ id: i, name: `row ${i}`, price: i / 7, note: '' }).padEnd(128)
const text = new TextDecoder()

const encodings = {
  JSON: {
    codec: lightJsonCodec,
    wire: (data) => data,
    bare: JSON.parse,
    body: ({ Message }) => JSON.parse(Message.message),
  },
  MessagePack: {
    codec: msgpack,
    wire: ({ buffer, byteOffset, length }) => buffer.slice(byteOffset, byteOffset + length), // as from a socket
    bare: decode,
    body: ({ Message }) => JSON.parse(text.decode(Message.message)),
  },
}

const welcome = {
  ...{ kind: 'Welcome', session: 's', resumed: false, received: 0, relay: 'r', brokers: [], ping: 25_000, time: 0 },
  limits: { payload: 2 ** 20, subscriptions: 100_000, resume_bytes: 0 },
}

/**
 * A client on a socket without a server: the socket welcomes, confirms, and delivers the argument
 * of `feed`.
 */
async function connect({ codec, wire }) {
  let deliver
  class Socket {
    #ids = 0
    addEventListener(type, listener) {
      if (type === 'message') deliver = listener
      if (type === 'open') queueMicrotask(listener)
    }
    send(data) {
      const { kind, ref, subject } = readClientFrame(codec.decode(data))
      if (kind === 'Connect') this.#send(welcome)
      if (kind === 'Subscribe') this.#send({ kind: 'Subscribed', ref, id: ++this.#ids, subject })
    }
    #send(frame) {
      queueMicrotask(() => deliver({ data: wire(codec.encode(frame)) }))
    }
    close() {}
  }
  const client = createClient({ url: 'ws://bench', codec, WebSocket: Socket })
  return { client, feed: (data) => deliver({ data }) }
}

const subscribed = (client, pattern, handler) =>
  new Promise((resolve) =>
    client.subscribe(pattern, handler, { onStatus: (status) => status === 'ready' && resolve() }),
  )

/** Microseconds of CPU time for each of the frames. */
function cost(frames, run) {
  const { user, system } = process.cpuUsage()
  for (const frame of frames) run(frame)
  const used = process.cpuUsage({ user, system })
  return (used.user + used.system) / frames.length
}

const median = (numbers) => numbers.sort((a, b) => a - b)[numbers.length >> 1]

/**
 * Runs the same frames through the SDK and through the bare decoder, in turns, so that a noisy
 * moment of the machine affects both. They are for the first `busy` of the `subscriptions`, in
 * turn. With `reads` the handler reads the data; with `grows` each round has one more subscription.
 */
async function compare({ encoding = 'JSON', subscriptions = 1, busy = subscriptions, reads = false, grows = false }) {
  const { codec, wire, bare, body } = encodings[encoding]
  const { client, feed } = await connect({ codec, wire })
  let got = 0
  const handler = reads ? (message) => void (message.data && got++) : () => void got++
  for (let i = 0; i < subscriptions; i++) await subscribed(client, `good.n${i}.*`, handler)
  const frames = Array.from({ length: messages }, (_, i) => {
    const id = (i % busy) + 1
    const message = payload(i)
    return wire(codec.encode({ kind: 'Message', id, subject: `good.n${id - 1}.a`, message, broker: 'main' }))
  })
  const control = reads ? (data) => body(bare(data)) : bare
  const costs = { bare: [], ours: [] }
  for (let round = -1; round < rounds; round++) {
    const one = cost(frames, control)
    if (grows) await subscribed(client, `other.n${round}`, handler)
    const other = cost(frames, feed)
    if (round < 0) continue // warm-up
    costs.bare.push(one)
    costs.ours.push(other)
  }
  client.close()
  if (got !== messages * (rounds + 1)) throw new Error(`${got} messages arrived`)
  return {
    bare: median(costs.bare),
    ours: median(costs.ours),
    over: median(costs.ours.map((us, i) => us - costs.bare[i])),
  }
}

const rows = [
  { name: 'JSON' },
  { name: 'JSON, and message.data', reads: true },
  { name: 'MessagePack', encoding: 'MessagePack' },
  { name: 'MessagePack, and message.data', encoding: 'MessagePack', reads: true },
  { name: 'JSON, 1 of 100 subscriptions', subscriptions: 100, busy: 1 },
  { name: 'JSON, 1 of 10,000', subscriptions: 10_000, busy: 1 },
  { name: 'JSON, each of 100', subscriptions: 100 },
  { name: 'JSON, each of 10,000', subscriptions: 10_000 },
  { name: 'JSON, each of 10,000, one more a round', subscriptions: 10_000, grows: true },
]

const columns = ['bare', 'ours', 'ours - bare']
const row = (name, cells) => console.log(name.padEnd(38), ...cells.map((cell, i) => cell.padStart(columns[i].length)))
console.log(
  `${rounds} rounds of ${messages} messages of 128 bytes; medians, microseconds of CPU time for each message\n`,
)
row('', columns)
for (const { name, ...how } of rows) {
  const { bare, ours, over } = await compare(how)
  row(
    name,
    [bare, ours, over].map((us) => us.toFixed(2)),
  )
}
