import type { MqttVersion } from '../gateways/dialects/mqtt/codec/packets.js'
import { block, bytesOf, connectBytes, field, type Part, packet, protocol, word } from './mqtt-bytes.js'
import { first, later, type Malformed, none, versions } from './mqtt-malformed.js'

/** [MQTT-1.5.4-1], [MQTT-1.5.4-2]. */
const brokenTexts: readonly (readonly [string, readonly number[]])[] = [
  ['U+0000', [0x61, 0x00]],
  ['U+0000 after é', [0xc3, 0xa9, 0x00]],
  ['U+D800', [0xed, 0xa0, 0x80]],
  ['U+DFFF', [0xed, 0xbf, 0xbf]],
  ['a pair of surrogates', [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80]],
  ['an overlong slash', [0xc0, 0xaf]],
  ['an overlong U+0000', [0xc0, 0x80]],
  ['an overlong euro', [0xf0, 0x82, 0x82, 0xac]],
  ['a lone continuation', [0x80]],
  ['a character that ends early', [0xe2, 0x82]],
  ['a byte that is no UTF-8', [0xff]],
  ['a character after U+10FFFF', [0xf4, 0x90, 0x80, 0x80]],
]

/** A packet with one text in question. */
type WithText = (text: Part, version: MqttVersion) => Uint8Array

const will = (version: MqttVersion, topic: Part, properties: Part = []): Part => [
  field('c'),
  version === 5 ? block(properties) : [],
  field(topic),
  field('payload'),
]

const topics: { readonly [Name in string]: WithText } = {
  'PUBLISH topic': (text, version) => packet(0x30, field(text), none(version), 'x'),
  'will topic': (text, version) => connectBytes(version, { flags: 0x06, rest: will(version, text) }),
}

const topicsOf5: { readonly [Name in string]: WithText } = {
  'PUBLISH response topic': (text) => packet(0x30, field('a'), block(0x08, field(text))),
  'will response topic': (text) => connectBytes(5, { flags: 0x06, rest: will(5, 'a', [0x08, field(text)]) }),
}

const filters: { readonly [Name in string]: WithText } = {
  'SUBSCRIBE filter': (text, version) => packet(0x82, word(1), none(version), field(text), 0),
  'second SUBSCRIBE filter': (text, version) => packet(0x82, word(1), none(version), field('a'), 0, field(text), 1),
  'UNSUBSCRIBE filter': (text, version) => packet(0xa2, word(1), none(version), field(text)),
}

const texts: { readonly [Name in string]: WithText } = {
  ...topics,
  ...filters,
  'client id': (text, version) => connectBytes(version, { rest: field(text) }),
  user: (text, version) => connectBytes(version, { flags: 0x82, rest: [field('c'), field(text)] }),
  'protocol name': (text) => packet(0x10, field(text), 4, 2, word(0), field('c')),
}

const textsOf5: { readonly [Name in string]: WithText } = {
  ...topicsOf5,
  'content type': (text) => packet(0x30, field('a'), block(0x03, field(text))),
  'name of a user property': (text) => packet(0x30, field('a'), block(0x26, field(text), field('v'))),
  'value of a user property': (text) => packet(0x30, field('a'), block(0x26, field('n'), field(text))),
  'reason string': (text) => packet(0x40, word(1), 0, block(0x1f, field(text))),
  'authentication method': (text) => connectBytes(5, { properties: [0x15, field(text)] }),
}

const placed = (name: string, version: MqttVersion, reason: number, bytes: Uint8Array): Malformed =>
  (bytes[0] === 0x10 ? first : later)(name, version, reason, bytes)

function* wrongTexts(version: MqttVersion): Generator<Malformed> {
  for (const [place, make] of Object.entries(version === 5 ? { ...texts, ...textsOf5 } : texts))
    for (const [what, bytes] of brokenTexts)
      yield placed(`[MQTT-1.5.4-1] ${place}: ${what}`, version, 0x81, make(bytes, version))
}

const wildcards = ['#', '+', 'a/#', 'a/+/b', 'a+', '#a', '/+', 'a#']

const brokenFilters = ['', 'a/#/b', '#/a', 'a#', '#a', '##', 'a+', '+a', 'a/b+', '++', 'a/+b/c', '/#/', 'a/#b', '+#']

const brokenShares = ['$share/', '$share//', '$share/g', '$share/g/', '$share//x', '$share/+/x', '$share/#/x']
const brokenNames = ['$share/g#/x', '$share/g+/x', '$share/+g/a', '$share/g/a#', '$share/g/a/#/b', '$share/g/+a']

function* wrongTopics(version: MqttVersion): Generator<Malformed> {
  for (const [place, make] of Object.entries(version === 5 ? { ...topics, ...topicsOf5 } : topics))
    for (const text of wildcards) yield placed(`[MQTT-3.3.2-2] ${place} ${text}`, version, 0x81, make(text, version))
  const noTopic = packet(0x30, field(''), none(version))
  yield later('[MQTT-4.7.3-1] PUBLISH without topic', version, 0x82, noTopic)
  yield placed('[MQTT-4.7.3-1] will without topic', version, 0x81, (topics['will topic'] as WithText)('', version))
  for (const [place, make] of Object.entries(filters)) {
    for (const text of brokenFilters) yield later(`4.7.1 ${place} ${text}`, version, 0x81, make(text, version))
    for (const text of version === 5 ? [...brokenShares, ...brokenNames] : [])
      yield later(`[MQTT-4.8.2-1] ${place} ${text}`, version, 0x81, make(text, version))
  }
}

/** The options of a SUBSCRIBE: all bytes but the valid ones. */
function* options(version: MqttVersion): Generator<Malformed> {
  const make = (filter: string, bits: number): Uint8Array => packet(0x82, word(1), none(version), field(filter), bits)
  for (let bits = 3; bits < 256; bits++) {
    const isReserved = version === 5 ? bits >= 0x40 : bits > 3
    const isWrong = isReserved || (bits & 3) === 3 || (bits & 0x30) === 0x30
    const [clause, reason] = isReserved ? ['[MQTT-3.8.3-5]', 0x81] : ['3.8.3.1', 0x82]
    if (isWrong) yield later(`${clause} options ${bits}`, version, Number(reason), make('a', bits))
    else if (bits & 4) yield later(`[MQTT-3.8.3-4] shared, options ${bits}`, version, 0x82, make('$share/g/a', bits))
  }
  yield later('[MQTT-3.8.3-2] SUBSCRIBE without filters', version, 0x82, packet(0x82, word(1), none(version)))
  yield later('[MQTT-3.10.3-2] UNSUBSCRIBE without filters', version, 0x82, packet(0xa2, word(1), none(version)))
}

/** The flags of a CONNECT: all bytes but the valid ones, with the payload that they announce. */
function* connectFlags(version: MqttVersion): Generator<Malformed> {
  for (let flags = 0; flags < 256; flags++) {
    const [hasWill, qos] = [(flags & 4) !== 0, (flags >> 3) & 3]
    const rest = [
      hasWill ? will(version, 'w') : field('c'),
      flags & 0x80 ? field('user') : [],
      flags & 0x40 ? field('pass') : [],
    ]
    const isMalformed = (qos === 3 && (hasWill || version > 3)) || (version > 3 && (flags & 1) === 1)
    const isLone = version < 5 && (flags & 0xc0) === 0x40
    const isWrong = isLone || (version > 3 && !hasWill && (flags & 0x38) !== 0)
    const name = `[MQTT-3.1.2-3], [MQTT-3.1.2-11] flags of CONNECT ${flags}`
    // A packet with two faults may have either reason: such flags are left out.
    if (isMalformed !== isWrong)
      yield first(name, version, isMalformed ? 0x81 : 0x82, connectBytes(version, { flags, rest }))
  }
}

/** [MQTT-3.1.2-1], [MQTT-3.1.2-2]. */
function* protocols(): Generator<Malformed> {
  const names = ['MQTT', 'MQIsdp', 'mqtt', 'MQTTX', 'MQT', '', 'HTTP', 'MQIsdP', 'MQTT ']
  const known = new Set(versions.map((version) => bytesOf(protocol(version)).toString('hex')))
  for (const name of names)
    for (const level of [0, 1, 2, 3, 4, 5, 6, 7, 0x83, 0x84, 0x85, 255]) {
      const start = bytesOf(field(name), level)
      const bytes = packet(0x10, start, 2, word(60), field('c'))
      if (!known.has(start.toString('hex'))) yield first(`[MQTT-3.1.2-1] protocol ${name} ${level}`, 4, 0x84, bytes)
    }
}

/** Everything about fields that are no properties. */
export function malformedFields(): readonly Malformed[] {
  const perVersion = [wrongTexts, wrongTopics, options, connectFlags]
  return [...versions.flatMap((version) => perVersion.flatMap((make) => [...make(version)])), ...protocols()]
}
