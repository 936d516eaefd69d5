import type { MqttVersion } from '../gateways/dialects/mqtt/codec/packets.js'
import { block, bytesOf, connectBytes, field, type Part, packet, protocol, word } from './mqtt-bytes.js'

// Packets that a server must refuse, made from the grammar of the specification. Their reasons are
// written here again, apart from the codec.

/** Bytes of a client that end with a packet that must be refused. */
export interface Malformed {
  /** The clause, or the section of MQTT 5, and what breaks it. */
  readonly name: string
  readonly version: MqttVersion
  readonly bytes: Uint8Array
  /** 0x81: malformed, 0x82: protocol error, 0x84: version, 0x94: alias, 0x95: too large. */
  readonly reason: number
  /** The number of valid packets before it: a CONNECT, or nothing. */
  readonly before: 0 | 1
}

/** All versions. */
export const versions: readonly MqttVersion[] = [3, 4, 5]

/** Makes a case of a packet after a valid CONNECT. */
export function later(name: string, version: MqttVersion, reason: number, bytes: Uint8Array): Malformed {
  return {
    name: `${name}, version ${version}`,
    version,
    reason,
    before: 1,
    bytes: bytesOf(connectBytes(version), bytes),
  }
}

/** Makes a case of a first packet. */
export function first(name: string, version: MqttVersion, reason: number, bytes: Uint8Array): Malformed {
  return { name: `${name}, version ${version}`, version, reason, before: 0, bytes }
}

/** An empty block of properties, in MQTT 5. */
export const none = (version: MqttVersion): Part => (version === 5 ? 0 : [])

/** A valid packet: its first byte, its fields, and after which of them it may end. */
export interface Sample {
  readonly name: string
  readonly first: number
  readonly fields: readonly Part[]
  readonly ends: readonly number[]
}

/** Valid packets after a CONNECT, without PUBLISH. */
export function samples(version: MqttVersion): readonly Sample[] {
  const id = word(7)
  const acks = [
    ['PUBACK', 0x40],
    ['PUBREC', 0x50],
    ['PUBREL', 0x62],
    ['PUBCOMP', 0x70],
  ] as const
  const properties = version === 5 ? [block(0x26, field('name'), field('value'))] : []
  const after = properties.length
  return [
    ...acks.map(([name, first]) => ({
      ...{ name, first },
      fields: version === 5 ? [id, 0, block(0x1f, field('why'))] : [id],
      ends: version === 5 ? [1, 2, 3] : [1],
    })),
    { name: 'SUBSCRIBE', first: 0x82, fields: [id, ...properties, field('a/b'), 1], ends: [3 + after] },
    { name: 'UNSUBSCRIBE', first: 0xa2, fields: [id, ...properties, field('a/b')], ends: [2 + after] },
    { name: 'PINGREQ', first: 0xc0, fields: [], ends: [0] },
    ...(version === 5
      ? [
          { name: 'DISCONNECT', first: 0xe0, fields: [0, block(0x11, word(0), word(9))], ends: [0, 1, 2] },
          { name: 'AUTH', first: 0xf0, fields: [0x18, block(0x15, field('method'))], ends: [2] },
        ]
      : [{ name: 'DISCONNECT', first: 0xe0, fields: [], ends: [0] }]),
  ]
}

/** Packets that end too early or too late. */
function* lengths(version: MqttVersion): Generator<Malformed> {
  for (const { name, first: start, fields, ends } of samples(version)) {
    const whole = bytesOf(...fields)
    const allowed = new Set(ends.map((count) => bytesOf(...fields.slice(0, count)).length))
    // Without a filter it is another fault.
    const shortest = name.endsWith('SUBSCRIBE') ? bytesOf(...fields.slice(0, version === 5 ? 2 : 1)).length : -1
    for (let count = 0; count < whole.length; count++)
      if (!allowed.has(count))
        yield later(
          ...([`2.1.4 ${name} that ends after ${count} bytes`, version] as const),
          count === shortest || (name === 'AUTH' && count === 0) ? 0x82 : 0x81,
          packet(start, whole.subarray(0, count)),
        )
    yield later(`2.1.4 ${name} with a byte more`, version, 0x81, packet(start, whole, 1))
  }
  const publish = bytesOf(field('a/b'), word(7), version === 5 ? block(0x01, 1) : [])
  for (let count = 0; count < publish.length; count++)
    yield later(`3.3.2 PUBLISH of ${count} bytes`, version, 0x81, packet(0x32, publish.subarray(0, count)))
  const start = bytesOf(protocol(version), 0xce, word(9), none(version))
  const greeting = bytesOf(start, field('c'), none(version), field('w'), field('p'), field('user'), field('pass'))
  for (let count = 0; count < greeting.length; count++) {
    const isAllowed = version === 3 && [0, 6].includes(greeting.length - 6 - count) // 3.1: the last two may be missing
    if (!isAllowed)
      yield first(`3.1 CONNECT of ${count} bytes`, version, 0x81, packet(0x10, greeting.subarray(0, count)))
  }
  yield first('3.1 CONNECT with a byte more', version, 0x81, packet(0x10, greeting, 1))
}

/** The first byte: types and flags. */
function* firstBytes(version: MqttVersion): Generator<Malformed> {
  for (const { name, first: start, fields } of samples(version))
    for (let flags = 0; flags < 16; flags++) {
      const right = start & 0xf
      const isDup = version === 3 && right === 2 && flags === 10
      if (flags !== right && !isDup)
        yield later(
          `[MQTT-2.1.3-1] ${name} with flags ${flags}`,
          version,
          0x81,
          packet((start & 0xf0) | flags, ...fields),
        )
    }
  const unknown = version === 5 ? [0, 2, 9, 11, 13] : [0, 2, 9, 11, 13, 15]
  for (const type of unknown)
    for (let flags = 0; flags < 16; flags++)
      yield later(`2.1.2 type ${type} with flags ${flags}`, version, 0x82, packet((type << 4) | flags, word(1)))
  for (const flags of [6, 7, 14, 15])
    yield later(
      `[MQTT-3.3.1-4] QoS 3, flags ${flags}`,
      version,
      0x81,
      packet(0x30 | flags, field('a'), word(1), none(version)),
    )
  for (const flags of version === 3 ? [] : [8, 9])
    yield later(
      `[MQTT-3.3.1-2] DUP, QoS 0, flags ${flags}`,
      version,
      0x81,
      packet(0x30 | flags, field('a'), none(version)),
    )
  yield later('[MQTT-3.1.0-2] a second CONNECT', version, 0x82, connectBytes(version))
  for (let flags = 1; flags < 16; flags++) {
    const bytes = connectBytes(version)
    bytes[0] = 0x10 | flags
    yield first(`[MQTT-2.1.3-1] CONNECT with flags ${flags}`, version, 0x81, bytes)
  }
  for (let type = 0; type < 16; type++)
    if (type !== 1)
      yield first(`[MQTT-3.1.0-1] type ${type} as the first packet`, version, 0x82, packet((type << 4) | 2, word(1)))
}

/** The announced length, and identifiers. */
function* numbers(version: MqttVersion): Generator<Malformed> {
  for (const { name, first: start, fields } of samples(version)) {
    for (const length of [
      [0x80, 0x80, 0x80, 0x80, 0x00],
      [0xff, 0xff, 0xff, 0xff, 0x7f],
      [0x80, 0x80, 0x80, 0x80],
    ])
      yield later(`[MQTT-1.5.5-1] ${name}, length ${length}`, version, 0x81, bytesOf(start, length))
    for (const length of [
      [0xff, 0xff, 0xff, 0x7f],
      [0xc0, 0x84, 0x3d],
      [0xbf, 0x84, 0xbd, 0x00],
    ])
      yield later(`[MQTT-3.1.2-24] ${name}, announced ${length}`, version, 0x95, bytesOf(start, length))
    if (fields.length > 0 && start < 0xc0)
      yield later(`[MQTT-2.2.1-3] ${name} with packet id 0`, version, 0x82, packet(start, word(0), ...fields.slice(1)))
  }
  for (const start of [0x32, 0x34, 0x3a, 0x3c, 0x33])
    yield later(
      `[MQTT-2.2.1-4] PUBLISH ${start} with packet id 0`,
      version,
      0x82,
      packet(start, field('a'), word(0), none(version)),
    )
  yield first(
    '[MQTT-1.5.5-1] CONNECT with a length of 5 bytes',
    version,
    0x81,
    bytesOf(0x10, [0x80, 0x80, 0x80, 0x80, 0]),
  )
  yield first('4.13 CONNECT of 256 MB', version, 0x95, bytesOf(0x10, [0xff, 0xff, 0xff, 0x7f]))
}

/** Everything about the frame of a packet. */
export function malformedFrames(): readonly Malformed[] {
  return versions.flatMap((version) => [...lengths(version), ...firstBytes(version), ...numbers(version)])
}
