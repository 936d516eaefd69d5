import { connect as tcp } from 'node:net'
import { WebSocket } from 'ws'
import type { FuzzRelay } from './fuzz-relay.js'
import type { Generator } from './generator.js'
import { classicFrame, httpInput, jsonFrame, packedFrame, tcpInput, tokenInput } from './inputs.js'

/** The inputs that one connection sends at most. */
const framesAtOnce = 50
const classicAtOnce = 5
const connectionsAtOnce = 10

/** Sends inputs to a relay, and resolves with their number when the relay has taken them. */
export type Attack = (relay: FuzzRelay, random: Generator) => Promise<number>

/** Sends frames over one WebSocket, and closes it. A relay that refuses a frame ends it earlier. */
function frames(relay: FuzzRelay, protocol: string | undefined, list: readonly (string | Buffer)[]): Promise<number> {
  const ws = new WebSocket(`ws://127.0.0.1:${relay.port}/ws`, protocol)
  return new Promise((resolve) => {
    ws.on('error', () => {})
    ws.on('open', () => {
      for (const frame of list) ws.send(frame)
      ws.close(1000)
    })
    ws.on('close', () => resolve(list.length))
  })
}

/** Sends bytes over a connection, and waits until the relay answers or ends it. */
function bytes({ port }: FuzzRelay, input: Buffer): Promise<void> {
  return new Promise((resolve) => {
    const socket = tcp({ host: '127.0.0.1', port, allowHalfOpen: true })
    socket.on('error', () => {})
    socket.once('data', () => socket.destroy())
    socket.once('end', () => socket.destroy())
    socket.once('close', () => resolve())
    socket.end(input)
  })
}

async function connections(relay: FuzzRelay, inputs: readonly Buffer[]): Promise<number> {
  await Promise.all(inputs.map((input) => bytes(relay, input)))
  return inputs.length
}

const many = <Item>(count: number, make: () => Item): Item[] => Array.from({ length: count }, make)

const attacks: readonly Attack[] = [
  (relay, random) => {
    const list = many(framesAtOnce, () => jsonFrame(random))
    return frames(relay, 'wildcast.v1+json', random.once(10) ? list : ['{"Connect":{}}', ...list])
  },
  (relay, random) => {
    const list = many(framesAtOnce, () => packedFrame(random))
    return frames(relay, 'wildcast.v1+msgpack', [Buffer.from('\x81\xa7Connect\x80', 'latin1'), ...list])
  },
  // The first invalid frame of a classic client ends its connection.
  (relay, random) =>
    frames(
      relay,
      undefined,
      many(classicAtOnce, () => classicFrame(random)),
    ),
  (relay, random) =>
    connections(
      relay,
      many(connectionsAtOnce, () => httpInput(random)),
    ),
  (relay, random) =>
    connections(
      relay,
      many(connectionsAtOnce, () => tcpInput(random)),
    ),
  (relay, random) => {
    const token = (): string => tokenInput(random, relay.token)
    const list = many(connectionsAtOnce, (): Buffer => {
      const field = random.pick(['Authorization: Bearer ', 'Authorization: ', 'Cookie: session='])
      const head = ['POST /publish/fuzz.a HTTP/1.1', 'Host: localhost', 'Content-Length: 0', 'Connection: close']
      return Buffer.from(`${[...head, `${field}${token()}`].join('\r\n')}\r\n\r\n`, 'latin1')
    })
    return connections(relay, list)
  },
  (relay, random) => {
    const token = tokenInput(random, relay.token)
    return frames(relay, 'wildcast.v1+json', [
      JSON.stringify({ Connect: { token } }),
      ...many(9, () => jsonFrame(random)),
    ])
  },
]

/** Runs one kind of attack. */
export const attack: Attack = (relay, random) => random.pick(attacks)(relay, random)
