import { connect, type Socket } from 'node:net'
import { generate, type Packet, parser } from 'mqtt-packet'
import { expect, onTestFinished } from 'vitest'

/** A packet of the server, as mqtt-packet reads it, without what tests don't need. */
export type Got = Packet & { readonly [key: string]: unknown }

/** A client that sends any bytes. */
export interface RawMqtt {
  readonly socket: Socket
  /** All packets that have come and were not taken. */
  readonly got: Got[]
  send(packet: object): void
  bytes(...bytes: (number | string)[]): void
  /** Resolves with the next packet. */
  next(): Promise<Got>
  /** Resolves with all packets until the answer to a PINGREQ. */
  all(): Promise<readonly Got[]>
  /** Resolves when the server has closed the connection, with the packets before. */
  closed(): Promise<readonly Got[]>
}

export type Level = 3 | 4 | 5

/** Opens a connection that has sent nothing. */
export function rawMqtt(port: number, protocolVersion: Level = 4): RawMqtt {
  const socket = connect(port, '127.0.0.1')
  socket.setNoDelay(true)
  onTestFinished(() => void socket.destroy())
  const options = { protocolVersion }
  const reader = parser(options)
  const got: Got[] = []
  let isClosed = false
  reader.on('packet', (packet) => got.push(packet as Got))
  socket.on('data', (chunk) => reader.parse(chunk))
  socket.on('error', () => {})
  socket.on('close', () => {
    isClosed = true
  })
  const raw: RawMqtt = {
    socket,
    got,
    send: (packet) => void socket.write(generate(packet as Packet, options)),
    bytes: (...bytes) =>
      void socket.write(
        Buffer.concat(bytes.map((one) => (typeof one === 'string' ? Buffer.from(one) : Buffer.of(one)))),
      ),
    async next() {
      await expect.poll(() => got.length > 0 || isClosed, { timeout: 10_000, interval: 2 }).toBe(true)
      const packet = got.shift()
      if (!packet) throw new Error('the connection was closed')
      return packet
    },
    async all() {
      raw.send({ cmd: 'pingreq' })
      await expect.poll(() => got.some(({ cmd }) => cmd === 'pingresp'), { timeout: 10_000, interval: 2 }).toBe(true)
      return got.splice(0).filter(({ cmd }) => cmd !== 'pingresp')
    },
    async closed() {
      await expect.poll(() => isClosed, { timeout: 10_000, interval: 2 }).toBe(true)
      return got.splice(0)
    },
  }
  return raw
}

let clients = 0

/** Opens a connection and sends CONNECT. Resolves with the client and the CONNACK. */
export async function connected(
  port: number,
  { level = 4, ...fields }: { readonly level?: Level; readonly [field: string]: unknown } = {},
): Promise<RawMqtt & { readonly connack: Got }> {
  const raw = rawMqtt(port, level)
  raw.send(connectPacket(level, fields))
  const connack = await raw.next()
  return { ...raw, connack }
}

/** Returns a CONNECT with an id of its own, a clean start and no keep-alive. */
export function connectPacket(level: Level, fields: object = {}): object {
  return {
    cmd: 'connect',
    protocolId: level === 3 ? 'MQIsdp' : 'MQTT',
    protocolVersion: level,
    clientId: `client-${++clients}`,
    clean: true,
    keepalive: 0,
    ...fields,
  }
}

/** The facts of a packet that tests compare. */
export function facts(packet: Got): object {
  const { cmd, messageId, topic, payload, qos, retain, dup, reasonCode, granted, properties } = packet as Got & {
    readonly payload?: Buffer
  }
  if (cmd === 'publish')
    return {
      topic,
      payload: String(payload),
      qos,
      ...(retain === true && { retain }),
      ...(dup === true && { dup }),
      ...(properties ? { properties } : {}),
    }
  return {
    cmd,
    ...(messageId !== undefined && { messageId }),
    ...(reasonCode ? { reasonCode } : {}),
    ...(granted ? { granted } : {}),
  }
}
