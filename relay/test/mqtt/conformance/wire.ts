// The packets of MQTT, written and read independently of the gateway's own codec, with nothing
// checked: tests send malformed packets, too.

/** The protocol level of CONNECT. */
export type Level = 3 | 4 | 5

/** A property of MQTT 5, in the order of the packet. */
export type Property = readonly [name: PropertyName, value: number | string | Buffer | readonly [string, string]]

type Form = 'byte' | 'u16' | 'u32' | 'var' | 'text' | 'bytes' | 'pair'

const properties = {
  payloadFormat: [1, 'byte'],
  messageExpiry: [2, 'u32'],
  contentType: [3, 'text'],
  responseTopic: [8, 'text'],
  correlation: [9, 'bytes'],
  subscriptionId: [11, 'var'],
  sessionExpiry: [17, 'u32'],
  assignedClientId: [18, 'text'],
  serverKeepAlive: [19, 'u16'],
  authMethod: [21, 'text'],
  authData: [22, 'bytes'],
  requestProblem: [23, 'byte'],
  willDelay: [24, 'u32'],
  requestResponse: [25, 'byte'],
  responseInfo: [26, 'text'],
  serverReference: [28, 'text'],
  reason: [31, 'text'],
  receiveMaximum: [33, 'u16'],
  aliasMaximum: [34, 'u16'],
  alias: [35, 'u16'],
  maximumQos: [36, 'byte'],
  retainAvailable: [37, 'byte'],
  user: [38, 'pair'],
  maximumPacketSize: [39, 'u32'],
  wildcardsAvailable: [40, 'byte'],
  subscriptionIdsAvailable: [41, 'byte'],
  sharedAvailable: [42, 'byte'],
} as const satisfies Record<string, readonly [number, Form]>

export type PropertyName = keyof typeof properties

const names: ReadonlyMap<number, { readonly name: PropertyName; readonly form: Form }> = new Map(
  Object.entries(properties).map(([name, [id, form]]) => [id, { name: name as PropertyName, form: form as Form }]),
)

export const types = [
  ...['reserved', 'connect', 'connack', 'publish', 'puback', 'pubrec', 'pubrel', 'pubcomp', 'subscribe', 'suback'],
  ...['unsubscribe', 'unsuback', 'pingreq', 'pingresp', 'disconnect', 'auth'],
]

export const u8 = (...values: number[]): Buffer => Buffer.from(values)
export const u16 = (value: number): Buffer => u8(value >> 8, value & 255)
const u32 = (value: number): Buffer => Buffer.concat([u16(value >>> 16), u16(value & 0xffff)])

export function bytes(value: string | Uint8Array): Buffer {
  const body = Buffer.from(value)
  return Buffer.concat([u16(body.length), body])
}

export function varint(value: number): Buffer {
  const out: number[] = []
  let rest = value
  do {
    const low = rest % 128
    rest = Math.floor(rest / 128)
    out.push(rest > 0 ? low | 128 : low)
  } while (rest > 0)
  return Buffer.from(out)
}

export function propertyBytes(list: readonly Property[] = []): Buffer {
  const body = Buffer.concat(list.map(one))
  return Buffer.concat([varint(body.length), body])
}

function one([name, value]: Property): Buffer {
  const [id, form] = properties[name]
  return Buffer.concat([u8(id), valueBytes(form, value)])
}

function valueBytes(form: Form, value: Property[1]): Buffer {
  if (typeof value === 'number') {
    if (form === 'byte') return u8(value)
    if (form === 'u16') return u16(value)
    return form === 'u32' ? u32(value) : varint(value)
  }
  if (typeof value === 'string' || Buffer.isBuffer(value)) return bytes(value)
  return Buffer.concat(value.map((text) => bytes(text)))
}

/** A packet with its fixed header. */
export function packet(type: number, flags: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts)
  return Buffer.concat([u8((type << 4) | flags), varint(body.length), body])
}

export interface Will {
  readonly topic: string | Buffer
  readonly payload?: string
  readonly qos?: number
  readonly retain?: boolean
  readonly properties?: readonly Property[]
}

export interface ConnectOptions {
  readonly level?: Level
  readonly clientId?: string | Buffer
  readonly clean?: boolean
  readonly keepAlive?: number
  readonly will?: Will
  readonly user?: string | Buffer
  readonly password?: string
  readonly properties?: readonly Property[]
  /** Instead of the ones that the other options give. */
  readonly flags?: number
}

export function connect(options: ConnectOptions): Buffer {
  const { level = 4, clientId = '', clean = true, keepAlive = 0, will, user, password } = options
  const flags =
    (user === undefined ? 0 : 0x80) |
    (password === undefined ? 0 : 0x40) |
    (will ? 4 | ((will.qos ?? 0) << 3) | (will.retain ? 0x20 : 0) : 0) |
    (clean ? 2 : 0)
  return packet(
    ...([1, 0, bytes(level === 3 ? 'MQIsdp' : 'MQTT'), u8(level, options.flags ?? flags), u16(keepAlive)] as const),
    ...(level === 5 ? [propertyBytes(options.properties)] : []),
    bytes(clientId),
    ...(will ? willBytes(level, will) : []),
    ...(user === undefined ? [] : [bytes(user)]),
    ...(password === undefined ? [] : [bytes(password)]),
  )
}

function willBytes(level: Level, { topic, payload = '', properties: list }: Will): Buffer[] {
  return [...(level === 5 ? [propertyBytes(list)] : []), bytes(topic), bytes(payload)]
}

/** A packet of a server. Only the fields of its type are there. */
export interface Packet {
  readonly type: string
  readonly id?: number
  readonly code?: number
  readonly codes?: readonly number[]
  /** Byte 1 of CONNACK. */
  readonly acknowledge?: number
  readonly topic?: string
  readonly text?: string
  readonly qos?: number
  readonly dup?: boolean
  readonly retain?: boolean
  readonly properties: readonly Property[]
  readonly size: number
}

/** Takes the first packet of `input`, if it is whole. */
export function takePacket(level: Level, input: Buffer): { packet: Packet; rest: Buffer } | undefined {
  const length = takeVarint(input, 1)
  if (!length || input.length < length.end + length.value) return undefined
  const end = length.end + length.value
  const body = input.subarray(length.end, end)
  const first = input.readUInt8(0)
  const type = types[first >> 4] ?? ''
  return { packet: { type, size: end, ...read(type, first & 15, body, level) }, rest: input.subarray(end) }
}

function read(type: string, flags: number, body: Buffer, level: Level): Omit<Packet, 'type' | 'size'> {
  if (type === 'publish') return readPublish(flags, body, level)
  if (type === 'connack') {
    const [acknowledge = -1, code = -1] = body
    return { acknowledge, code, properties: level === 5 && body.length > 2 ? readProperties(body, 2).list : [] }
  }
  if (type === 'disconnect' || type === 'auth')
    return { code: body[0] ?? 0, properties: body.length > 1 ? readProperties(body, 1).list : [] }
  if (type === 'suback' || type === 'unsuback') {
    const { list, end } = level === 5 ? readProperties(body, 2) : { list: [], end: 2 }
    return { id: body.readUInt16BE(0), codes: [...body.subarray(end)], properties: list }
  }
  if (type === 'pingresp') return { properties: [] }
  return {
    id: body.readUInt16BE(0),
    code: body[2] ?? 0,
    properties: body.length > 3 ? readProperties(body, 3).list : [],
  }
}

function readPublish(flags: number, body: Buffer, level: Level): Omit<Packet, 'type' | 'size'> {
  const qos = (flags >> 1) & 3
  const topicEnd = 2 + body.readUInt16BE(0)
  const idEnd = topicEnd + (qos > 0 ? 2 : 0)
  const { list, end } = level === 5 ? readProperties(body, idEnd) : { list: [], end: idEnd }
  return {
    topic: body.subarray(2, topicEnd).toString(),
    text: body.subarray(end).toString(),
    qos,
    dup: (flags & 8) > 0,
    retain: (flags & 1) > 0,
    ...(qos > 0 ? { id: body.readUInt16BE(topicEnd) } : {}),
    properties: list,
  }
}

function takeVarint(input: Buffer, start: number): { value: number; end: number } | undefined {
  let value = 0
  for (let at = start; at < start + 4; at += 1) {
    const byte = input[at]
    if (byte === undefined) return undefined
    value += (byte & 127) * 128 ** (at - start)
    if (byte < 128) return { value, end: at + 1 }
  }
  throw new Error('the server sent a length of more than four bytes')
}

function readProperties(body: Buffer, start: number): { list: Property[]; end: number } {
  const length = takeVarint(body, start)
  if (!length) throw new Error('the server sent properties without a length')
  const end = length.end + length.value
  if (end > body.length) throw new Error('the server sent properties longer than their packet')
  const list: Property[] = []
  for (let at = length.end; at < end; ) {
    const known = names.get(body.readUInt8(at))
    if (!known) throw new Error(`the server sent the property ${body[at]}`)
    const { value, next } = readValue(known.form, body, at + 1)
    list.push([known.name, value])
    at = next
  }
  return { list, end }
}

function readValue(form: Form, body: Buffer, at: number): { value: Property[1]; next: number } {
  if (form === 'byte') return { value: body.readUInt8(at), next: at + 1 }
  if (form === 'u16') return { value: body.readUInt16BE(at), next: at + 2 }
  if (form === 'u32') return { value: body.readUInt32BE(at), next: at + 4 }
  if (form === 'var') {
    const { value = -1, end = at } = takeVarint(body, at) ?? {}
    return { value, next: end }
  }
  const next = at + 2 + body.readUInt16BE(at)
  const first = body.subarray(at + 2, next)
  if (form === 'bytes') return { value: Buffer.from(first), next }
  if (form === 'text') return { value: first.toString(), next }
  const last = next + 2 + body.readUInt16BE(next)
  return { value: [first.toString(), body.subarray(next + 2, last).toString()], next: last }
}
