import type { ClientPacket, MqttVersion } from '../gateways/dialects/mqtt/codec/packets.js'
import { PacketReader } from '../gateways/dialects/mqtt/codec/read-packet.js'

// Packets as bytes, right or wrong, without the codec that is tested.

/** A part of a packet: one byte, several, or a text without its length. */
export type Part = number | Uint8Array | readonly Part[] | string

/** Joins parts. */
export function bytesOf(...parts: readonly Part[]): Buffer {
  return Buffer.concat(
    parts.map((part) => {
      if (typeof part === 'number') return Buffer.of(part)
      if (typeof part === 'string') return Buffer.from(part)
      return part instanceof Uint8Array ? Buffer.from(part) : bytesOf(...part)
    }),
  )
}

/** A two byte integer. */
export const word = (value: number): Part => [value >> 8, value & 0xff]

/** A four byte integer. */
export const long = (value: number): Part => [word(value >>> 16), word(value & 0xffff)]

/** A variable byte integer. */
export function varint(value: number): Part {
  return value < 0x80 ? value : [(value & 0x7f) | 0x80, varint(value >>> 7)]
}

/** A text or binary data, with its length. */
export function field(...parts: readonly Part[]): Part {
  const bytes = bytesOf(...parts)
  return [word(bytes.length), bytes]
}

/** Properties, with their length. */
export function block(...parts: readonly Part[]): Part {
  const bytes = bytesOf(...parts)
  return [varint(bytes.length), bytes]
}

/** A packet: its first byte, the length of the rest, the rest. */
export const packet = (first: number, ...parts: readonly Part[]): Buffer => bytesOf(first, block(...parts))

/** The name and level of a version, with which a CONNECT begins. */
export const protocol = (version: MqttVersion): Part => [field(version === 3 ? 'MQIsdp' : 'MQTT'), version]

/** The fields of a CONNECT. */
export interface ConnectFields {
  readonly flags?: number
  readonly properties?: Part
  /** The payload. */
  readonly rest?: Part
}

/** A CONNECT with a clean start and the client id "c", or with other fields. */
export function connectBytes(
  version: MqttVersion,
  { flags = 2, properties = [], rest = field('c') }: ConnectFields = {},
): Buffer {
  return packet(0x10, protocol(version), flags, word(60), version === 5 ? block(properties) : [], rest)
}

/** Returns the packets of some bytes, read in chunks. */
export function readAll(
  chunks: readonly Uint8Array[],
  limits: { readonly connectBytes: number; readonly packetBytes: number } = { connectBytes: 70_000, packetBytes: 1e6 },
): ClientPacket[] {
  const packets: ClientPacket[] = []
  const reader = new PacketReader(limits)
  for (const chunk of chunks) reader.read(chunk, (one) => packets.push(one))
  return packets
}

/** Returns the packets after a CONNECT of a version. */
export function readAfterConnect(version: MqttVersion, ...chunks: readonly Uint8Array[]): ClientPacket[] {
  return readAll([connectBytes(version), ...chunks]).slice(1)
}
