import { once } from 'node:events'
import { connect as tcp } from 'node:net'
import type { Duplex } from 'node:stream'
import { onTestFinished } from 'vitest'
import {
  bytes,
  type ConnectOptions,
  connect,
  type Level,
  type Packet,
  type Property,
  packet,
  propertyBytes,
  takePacket,
  types,
  u8,
  u16,
} from './wire.js'

export interface PublishOptions {
  readonly qos?: number
  readonly id?: number
  readonly retain?: boolean
  readonly dup?: boolean
  readonly properties?: readonly Property[]
}

/** A filter with its options byte, which is the QoS if no other bit is set. */
export type Wanted = readonly [filter: string | Buffer, options: number]

/** A client that does only what a test asks for: no acknowledgement, no check. */
export class RawClient {
  readonly level: Level
  readonly #line: Duplex
  readonly #waiting: { readonly wanted: (packet: Packet) => boolean; give(packet: Packet | undefined): void }[] = []
  readonly #packets: Packet[] = []
  #input: Buffer = Buffer.alloc(0)
  #ended = false
  /** The first CONNACK, if the client was made by `joined`. */
  connack: Packet | undefined

  constructor(line: Duplex, level: Level) {
    this.#line = line
    this.level = level
    line.on('data', (chunk: Buffer) => this.#read(chunk))
    line.on('error', () => {})
    for (const event of ['end', 'close']) line.on(event, () => this.#end())
  }

  #read(chunk: Buffer): void {
    this.#input = Buffer.concat([this.#input, chunk])
    for (let taken = takePacket(this.level, this.#input); taken; taken = takePacket(this.level, this.#input)) {
      this.#input = taken.rest
      this.#arrived(taken.packet)
    }
  }

  #arrived(packet: Packet): void {
    const at = this.#waiting.findIndex(({ wanted }) => wanted(packet))
    const [waiting] = at < 0 ? [] : this.#waiting.splice(at, 1)
    if (waiting) waiting.give(packet)
    else this.#packets.push(packet)
  }

  #end(): void {
    this.#ended = true
    for (const { give } of this.#waiting.splice(0)) give(undefined)
    this.#line.end()
  }

  /**
   * The next packet of the server that is wanted: the others stay for later. Undefined when the
   * server has closed the connection.
   */
  async take(wanted: (packet: Packet) => boolean = () => true): Promise<Packet | undefined> {
    const at = this.#packets.findIndex(wanted)
    if (at >= 0) return this.#packets.splice(at, 1)[0]
    return this.#ended ? undefined : new Promise((give) => this.#waiting.push({ wanted, give }))
  }

  /** The next packet, which has this type. */
  async next(type: string): Promise<Packet> {
    const taken = await this.take()
    if (taken?.type !== type) throw new Error(`${type} is due, got ${JSON.stringify(taken ?? 'the end')}`)
    return taken
  }

  /** The packets up to the end of the connection. */
  async rest(): Promise<Packet[]> {
    const all: Packet[] = []
    for (let one = await this.take(); one; one = await this.take()) all.push(one)
    return all
  }

  send(...parts: Buffer[]): void {
    this.#line.write(Buffer.concat(parts))
  }

  /** Ends the connection without a DISCONNECT. */
  async drop(): Promise<void> {
    this.#line.destroy()
    if (!this.#ended) await once(this.#line, 'close')
  }

  publish(topic: string | Buffer, payload: string | Buffer, options: PublishOptions = {}): void {
    const { qos = 0, id = 1, retain = false, dup = false, properties } = options
    const flags = (dup ? 8 : 0) | (qos << 1) | (retain ? 1 : 0)
    const list = this.level === 5 ? [propertyBytes(properties)] : []
    this.send(packet(3, flags, bytes(topic), ...(qos > 0 ? [u16(id)] : []), ...list, Buffer.from(payload)))
  }

  /** Publishes with QoS 1 and waits for the PUBACK: the server has the message then. */
  async published(topic: string, payload: string, options: PublishOptions = {}): Promise<Packet> {
    this.publish(topic, payload, { qos: 1, ...options })
    return this.found('puback')
  }

  /** Waits for a packet of this type; the ones before it stay for later. */
  async found(type: string): Promise<Packet> {
    const packet = await this.take((one) => one.type === type)
    if (!packet) throw new Error(`${type} is due, the connection is closed`)
    return packet
  }

  /** PUBACK, PUBREC, PUBREL, PUBCOMP. */
  answer(
    type: 'puback' | 'pubrec' | 'pubrel' | 'pubcomp',
    { id = 0 }: { readonly id?: number | undefined },
    code?: number,
  ): void {
    this.send(
      packet(types.indexOf(type), type === 'pubrel' ? 2 : 0, u16(id), ...(code === undefined ? [] : [u8(code)])),
    )
  }

  subscribe(wanted: readonly Wanted[], properties?: readonly Property[], id = 10): void {
    const list = this.level === 5 ? [propertyBytes(properties)] : []
    this.send(packet(8, 2, u16(id), ...list, ...wanted.flatMap(([filter, options]) => [bytes(filter), u8(options)])))
  }

  /** Subscribes and waits for the SUBACK. Earlier packets stay for later. */
  async subscribed(filter: string, options = 0, properties?: readonly Property[]): Promise<Packet> {
    this.subscribe([[filter, options]], properties)
    return this.found('suback')
  }

  unsubscribe(filters: readonly (string | Buffer)[], id = 11): void {
    const list = this.level === 5 ? [propertyBytes()] : []
    this.send(packet(10, 2, u16(id), ...list, ...filters.map((filter) => bytes(filter))))
  }

  disconnect(code?: number, properties?: readonly Property[]): void {
    const list = properties ? [propertyBytes(properties)] : []
    this.send(packet(14, 0, ...(code === undefined ? [] : [u8(code)]), ...list))
  }

  /** Sends a DISCONNECT and waits until the server has closed the connection. */
  async left(code?: number, properties?: readonly Property[]): Promise<void> {
    this.disconnect(code, properties)
    await this.rest()
  }

  /** The packets that arrive before the answer to a PINGREQ. */
  async ping(): Promise<Packet[]> {
    this.send(packet(12, 0))
    const before: Packet[] = []
    for (let one = await this.take(); one?.type !== 'pingresp'; one = await this.take()) {
      if (!one) throw new Error('PINGRESP is due, the connection is closed')
      before.push(one)
    }
    return before
  }

  /** Skips packets up to one of this type. */
  async until(type: string): Promise<Packet> {
    for (let one = await this.take(); one; one = await this.take()) if (one.type === type) return one
    throw new Error(`${type} is due, the connection is closed`)
  }
}

/** A TCP connection on which nothing has been sent. */
export async function dial(port: number, level: Level = 4): Promise<RawClient> {
  const socket = tcp({ host: '127.0.0.1', port, noDelay: true })
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
  return new RawClient(socket, level)
}

let clients = 0

/** A client id, topic or word that no other test has. */
export function unique(word = 'c'): string {
  clients += 1
  return `${word}${process.pid}x${clients}`
}

/** A client that the server has accepted. */
export async function join(port: number, options: ConnectOptions = {}): Promise<RawClient> {
  const client = await dial(port, options.level)
  client.send(connect({ clientId: unique(), ...options }))
  client.connack = await client.next('connack')
  if (client.connack.code !== 0) throw new Error(`refused: ${JSON.stringify(client.connack)}`)
  return client
}
