import { MqttFault, malformed, protocolError } from './fault.js'
import { PacketInput } from './packet-input.js'
import type { ClientPacket, MqttVersion } from './packets.js'
import { packetTypes } from './read-body.js'
import { readVersion } from './read-connect.js'
import { reasons } from './reasons.js'

export { MqttFault } from './fault.js'

/** Bounds for the packets of a client, in bytes, fixed header included. */
export interface PacketLimits {
  /** The first packet. */
  readonly connectBytes: number
  /** Each packet after it. */
  readonly packetBytes: number
}

/** Reads the packets of one connection from its bytes. */
export class PacketReader {
  readonly #limits: PacketLimits
  #version: MqttVersion | undefined
  #isConnected = false
  #hasEnded = false
  /** The beginning of a packet: the first bytes of a buffer. */
  #held: Buffer = nothing
  #count = 0
  /** The number of bytes of that packet, or 0 as long as its fixed header is not complete. */
  #size = 0

  constructor(limits: PacketLimits) {
    this.#limits = limits
  }

  /** Known once the protocol level of a CONNECT was read, even if the rest of it is refused. */
  get version(): MqttVersion | undefined {
    return this.#version
  }

  /** The bytes of an incomplete packet that are held. */
  get held(): number {
    return this.#count
  }

  /**
   * Reads the next bytes and passes on each packet that is complete. Payloads may be views of the
   * chunk, so it must not be changed. Bytes after a DISCONNECT are ignored [MQTT-3.14.4-1].
   *
   * @throws `MqttFault` if the bytes break the protocol, after the packets before were passed on,
   * and what `take` throws. All bytes after it are ignored.
   */
  read(chunk: Uint8Array, take: (packet: ClientPacket) => void): void {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)
    try {
      let at = this.#count > 0 ? this.#fill(bytes, take) : 0
      while (at < bytes.length && !this.#hasEnded) {
        const size = this.#sizeAt(bytes, at, bytes.length)
        if (size === 0 || at + size > bytes.length) {
          this.#size = size
          at = this.#hold(bytes, at, bytes.length)
        } else {
          take(this.#parse(bytes, at, at + size))
          at += size
        }
      }
    } catch (error) {
      this.end()
      throw error
    }
  }

  /** Ignores all bytes from here on. */
  end(): void {
    this.#hasEnded = true
    this.#drop()
  }

  /** Completes the packet of which some bytes are held. Returns how far it has read. */
  #fill(bytes: Buffer, take: (packet: ClientPacket) => void): number {
    let at = 0
    for (; this.#size === 0; this.#size = this.#sizeAt(this.#held, 0, this.#count)) {
      if (at === bytes.length) return at
      at = this.#hold(bytes, at, at + 1)
    }
    at = this.#hold(bytes, at, Math.min(bytes.length, at + this.#size - this.#count))
    if (this.#count < this.#size) return at
    const [held, size] = [this.#held, this.#size]
    this.#drop()
    take(this.#parse(held, 0, size))
    return at
  }

  /** Keeps bytes. Memory grows with the bytes that have arrived, not with the announced size. */
  #hold(bytes: Buffer, from: number, to: number): number {
    const count = this.#count + to - from
    if (count > this.#held.length) {
      const grown = Math.max(count, 2 * this.#held.length, leastHeld)
      const held = Buffer.allocUnsafeSlow(this.#size > 0 ? Math.min(grown, this.#size) : grown)
      this.#held.copy(held, 0, 0, this.#count)
      this.#held = held
    }
    bytes.copy(this.#held, this.#count, from, to)
    this.#count = count
    return to
  }

  #drop(): void {
    this.#held = nothing
    this.#count = this.#size = 0
  }

  /** Returns the size of the packet that begins there, or 0 if its fixed header is not complete. */
  #sizeAt(bytes: Buffer, from: number, end: number): number {
    this.#checkType(bytes[from] as number)
    let length = 0
    for (let i = 0; i < longestLength; i++) {
      const at = from + 1 + i
      if (at >= end) return 0
      const byte = bytes[at] as number
      length |= (byte & 0x7f) << (7 * i)
      if (byte < 0x80) return this.#withinLimit(at + 1 - from + length)
    }
    throw malformed('the length of a packet has more than four bytes') // [MQTT-1.5.5-1]
  }

  #withinLimit(size: number): number {
    const most = this.#isConnected ? this.#limits.packetBytes : this.#limits.connectBytes
    if (size > most) throw new MqttFault(reasons.packetTooLarge, `a packet has ${size} bytes: ${most} at most`)
    return size
  }

  /** Refuses a first byte that no packet may have here. */
  #checkType(first: number): void {
    const [type, flags] = [first >> 4, first & 0xf]
    if (type === connect && this.#isConnected) throw protocolError('a second CONNECT') // [MQTT-3.1.0-2]
    if (type !== connect && !this.#isConnected) throw protocolError('the first packet is not CONNECT') // [MQTT-3.1.0-1]
    const known = packetTypes.get(type)
    if (!known || (known.since5 && this.#version !== 5)) throw protocolError(`a client sends no packet of type ${type}`)
    const ignored = known.hasDup && this.#version === 3 ? dup : 0
    if (known.flags !== undefined && (flags & ~ignored) !== known.flags)
      throw malformed(`a packet of type ${type} has the flags ${flags}`)
  }

  #parse(bytes: Buffer, from: number, to: number): ClientPacket {
    const first = bytes[from] as number
    input.open(bytes, from + 1, to)
    input.varint() // the length, which is known
    this.#version ??= readVersion(input)
    const packet = packetTypes.get(first >> 4)?.read(input, this.#version, first & 0xf)
    if (!packet || input.rest > 0) throw malformed('a packet has bytes after its last field')
    this.#isConnected = true
    if (packet.type === 'disconnect') this.end()
    return packet
  }
}

/** Shared: a packet is read in one go. */
const input = new PacketInput()

const connect = 1
const dup = 8
const nothing = Buffer.alloc(0)
const leastHeld = 16
const longestLength = 4
