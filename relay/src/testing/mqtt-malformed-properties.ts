import { block, bytesOf, connectBytes, field, long, type Part, packet, word } from './mqtt-bytes.js'
import { first, later, type Malformed } from './mqtt-malformed.js'

/** The identifiers of table 2-4, each with a value and the places in which a client may send it. */
const known: readonly (readonly [id: number, value: Part, places: string])[] = [
  [0x01, 1, 'PUBLISH will'],
  [0x02, long(9), 'PUBLISH will'],
  [0x03, field('text/plain'), 'PUBLISH will'],
  [0x08, field('answers'), 'PUBLISH will'],
  [0x09, field('1'), 'PUBLISH will'],
  [0x0b, 0x05, 'SUBSCRIBE'],
  [0x11, long(9), 'CONNECT DISCONNECT'],
  [0x12, field('id'), ''],
  [0x13, word(9), ''],
  [0x15, field('method'), 'CONNECT AUTH'],
  [0x16, field('data'), 'CONNECT AUTH'],
  [0x17, 1, 'CONNECT'],
  [0x18, long(9), 'will'],
  [0x19, 1, 'CONNECT'],
  [0x1a, field('info'), ''],
  [0x1c, field('other'), 'DISCONNECT'],
  [0x1f, field('why'), 'PUBACK PUBREC PUBREL PUBCOMP DISCONNECT AUTH'],
  [0x21, word(9), 'CONNECT'],
  [0x22, word(9), 'CONNECT'],
  [0x23, word(9), 'PUBLISH'],
  [0x24, 1, ''],
  [0x25, 1, ''],
  [0x26, [field('name'), field('value')], '*'],
  [0x27, long(9), 'CONNECT'],
  [0x28, 1, ''],
  [0x29, 1, ''],
  [0x2a, 1, ''],
]

const unknown = [0x00, 0x04, 0x07, 0x0a, 0x0c, 0x10, 0x14, 0x1b, 0x20, 0x2b, 0x7f]

/** A packet around properties, with their length. */
type Around = (properties: Part) => Uint8Array

const places: { readonly [Name in string]: Around } = {
  CONNECT: (properties) => packet(0x10, field('MQTT'), 5, 2, word(60), properties, field('c')),
  will: (properties) => connectBytes(5, { flags: 6, rest: [field('c'), properties, field('w'), field('p')] }),
  PUBLISH: (properties) => packet(0x32, field('a'), word(7), properties, 'payload'),
  PUBACK: (properties) => packet(0x40, word(7), 0, properties),
  PUBREC: (properties) => packet(0x50, word(7), 0, properties),
  PUBREL: (properties) => packet(0x62, word(7), 0, properties),
  PUBCOMP: (properties) => packet(0x70, word(7), 0, properties),
  SUBSCRIBE: (properties) => packet(0x82, word(7), properties, field('a'), 0),
  UNSUBSCRIBE: (properties) => packet(0xa2, word(7), properties, field('a')),
  DISCONNECT: (properties) => packet(0xe0, 0, properties),
  AUTH: (properties) => packet(0xf0, 0x18, properties),
}

const placed = (name: string, reason: number, bytes: Uint8Array): Malformed =>
  (bytes[0] === 0x10 ? first : later)(name, 5, reason, bytes)

/** An AUTH needs its method, as authentication data do. */
const needed = (id: number): Part => (id === 0x16 ? [0x15, field('method')] : [])

/** 2.2.2.2: identifiers that are not of the packet, or given twice. */
function* identifiers(place: string, around: Around): Generator<Malformed> {
  for (const [id, value, allowed] of known) {
    const isAllowed = allowed === '*' || allowed.split(' ').includes(place)
    const one = [needed(id), id, value]
    if (place === 'PUBLISH' && id === 0x0b)
      yield placed('[MQTT-3.3.4-6] a subscription identifier of a client', 0x82, around(block(one)))
    else if (!isAllowed) yield placed(`2.2.2.2 ${place} with property ${id}`, 0x81, around(block(id, value)))
    else if (id !== 0x26) yield placed(`3 ${place} with property ${id} twice`, 0x82, around(block(one, id, value)))
  }
  for (const id of unknown) yield placed(`2.2.2.2 ${place} with property ${id}`, 0x81, around(block(id, 0, 0, 0, 0)))
  yield placed(`2.2.2.2 ${place} with property 257`, 0x81, around(block(0x81, 0x02, 0)))
  yield placed(`[MQTT-1.5.5-1] ${place}, an identifier of 5 bytes`, 0x81, around(block(0x81, 0x80, 0x80, 0x80, 0x00)))
}

/** 2.2.2.1: values and blocks that end early or late. */
function* ends(place: string, around: Around): Generator<Malformed> {
  for (const [id, value, allowed] of known) {
    if (allowed !== '*' && !allowed.split(' ').includes(place)) continue
    const whole = bytesOf(id, value)
    for (let count = 1; count < whole.length; count++)
      yield placed(`2.2.2.1 ${place}, property ${id} of ${count} bytes`, 0x81, around(block(whole.subarray(0, count))))
  }
  yield placed(`2.2.2.1 ${place}, properties longer than the packet`, 0x81, around([0xff, 0x7f]))
  yield placed(`[MQTT-1.5.5-1] ${place}, a length of 5 bytes`, 0x81, around([0x80, 0x80, 0x80, 0x80, 0x00]))
}

/** Values that are out of range. */
const ranges: readonly (readonly [place: string, name: string, properties: Part, reason: number])[] = [
  ['CONNECT', '3.1.2.11.3 receive maximum 0', [0x21, word(0)], 0x82],
  ['CONNECT', '3.1.2.11.4 maximum packet size 0', [0x27, long(0)], 0x82],
  ['CONNECT', '3.1.2.11.6 request response information 2', [0x19, 2], 0x82],
  ['CONNECT', '3.1.2.11.7 request problem information 2', [0x17, 2], 0x82],
  ['CONNECT', '3.1.2.11.7 request problem information 255', [0x17, 255], 0x82],
  ['CONNECT', '3.1.2.11.10 authentication data alone', [0x16, field('data')], 0x82],
  ['will', '3.1.3.2.3 payload format 2', [0x01, 2], 0x82],
  ['PUBLISH', '3.3.2.3.2 payload format 2', [0x01, 2], 0x82],
  ['PUBLISH', '[MQTT-3.3.2-8] topic alias 0', [0x23, word(0)], 0x94],
  ['SUBSCRIBE', '3.8.2.1.2 subscription identifier 0', [0x0b, 0], 0x82],
  ['SUBSCRIBE', '[MQTT-1.5.5-1] subscription identifier of 5 bytes', [0x0b, 0x80, 0x80, 0x80, 0x80, 1], 0x81],
  ['AUTH', '3.15.2.2.2 no authentication method', [0x1f, field('why')], 0x82],
  ['AUTH', '3.15.2.2.2 no properties', [], 0x82],
]

/** Reason codes that a client may send (tables 3-4 to 3-7, 3-10, 3-11). */
const received = [0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99]
const released = [0x00, 0x92]
const left = [0x00, 0x04, 0x80, 0x81, 0x82, 0x83, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99]
const codes: readonly (readonly [clause: string, first: number, id: Part, allowed: readonly number[], rest: Part])[] = [
  ['[MQTT-3.4.2-1] PUBACK', 0x40, word(7), received, []],
  ['[MQTT-3.5.2-1] PUBREC', 0x50, word(7), received, 0],
  ['[MQTT-3.6.2-1] PUBREL', 0x62, word(7), released, []],
  ['[MQTT-3.7.2-1] PUBCOMP', 0x70, word(7), released, 0],
  ['[MQTT-3.14.2-1] DISCONNECT', 0xe0, [], left, []],
  ['[MQTT-3.15.2-1] AUTH', 0xf0, [], [0x18, 0x19], block(0x15, field('method'))],
]

function* wrongCodes(): Generator<Malformed> {
  for (const [clause, start, id, allowed, rest] of codes)
    for (let code = 0; code < 256; code++)
      if (!allowed.includes(code)) yield later(`${clause} with reason ${code}`, 5, 0x82, packet(start, id, code, rest))
}

/** Everything about properties and reason codes. */
export function malformedProperties(): readonly Malformed[] {
  const all = Object.entries(places).flatMap(([place, around]) => [
    ...identifiers(place, around),
    ...ends(place, around),
  ])
  const inRange = ranges.map(([place, name, properties, reason]) =>
    placed(name, reason, (places[place] as Around)(block(properties))),
  )
  return [...all, ...inRange, ...wrongCodes()]
}
