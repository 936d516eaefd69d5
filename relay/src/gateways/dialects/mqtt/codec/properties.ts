import { malformed, protocolError } from './fault.js'
import type { PacketInput } from './packet-input.js'
import { binarySize, type PacketOutput, textSize, varintSize } from './packet-output.js'
import type { MqttProperties } from './packets.js'
import { isTopicName } from './topics.js'

/** A packet that has properties, or the will of a CONNECT. */
export type PropertyPlace =
  | 'connect'
  | 'connack'
  | 'publish'
  | 'will'
  | 'puback'
  | 'pubrec'
  | 'pubrel'
  | 'pubcomp'
  | 'subscribe'
  | 'suback'
  | 'unsubscribe'
  | 'unsuback'
  | 'disconnect'
  | 'auth'

type Draft = { -readonly [Name in keyof MqttProperties]: MqttProperties[Name] } & {
  subscriptionIds?: number[]
  userProperties?: (readonly [string, string])[]
}

/** The names of the properties with values of a type. */
type Named<Value> = {
  [Name in keyof MqttProperties]-?: Required<MqttProperties>[Name] extends Value ? Name : never
}[keyof MqttProperties]

interface Property {
  readonly id: number
  readonly name: keyof MqttProperties
  readonly in: readonly PropertyPlace[]
  readonly mayRepeat?: true
  /** Reads a value; its identifier has been read. */
  read(input: PacketInput, draft: Draft): void
  /** The number of bytes of all values, with their identifiers. */
  size(from: MqttProperties): number
  /** Writes all values, with their identifiers. */
  write(output: PacketOutput, from: MqttProperties): void
}

const message = ['publish', 'will'] as const
const greeting = ['connect', 'connack'] as const
const acks = ['puback', 'pubrec', 'pubrel', 'pubcomp', 'suback', 'unsuback'] as const
const everywhere = [...greeting, ...message, ...acks, 'subscribe', 'unsubscribe', 'disconnect', 'auth'] as const
const flag = { most: 1 }
const positive = { least: 1 }

/** The identifiers of the properties that differ between the readers of a message. */
export const stampedIds = { messageExpiry: 0x02, subscriptionIds: 0x0b, topicAlias: 0x23 } as const

/** All properties (2.2.2.2, table 2-4). A SUBSCRIBE has one subscription identifier at most. */
const table: readonly Property[] = [
  number(0x01, 'payloadFormat', 'byte', message, flag),
  number(stampedIds.messageExpiry, 'messageExpiry', 'long', message),
  text(0x03, 'contentType', message),
  topic(0x08, 'responseTopic', message),
  binary(0x09, 'correlationData', message),
  subscriptionIds(stampedIds.subscriptionIds, ['publish', 'subscribe']),
  number(0x11, 'sessionExpiry', 'long', [...greeting, 'disconnect']),
  text(0x12, 'assignedClientId', ['connack']),
  number(0x13, 'serverKeepAlive', 'word', ['connack']),
  text(0x15, 'authMethod', [...greeting, 'auth']),
  binary(0x16, 'authData', [...greeting, 'auth']),
  number(0x17, 'requestProblemInfo', 'byte', ['connect'], flag),
  number(0x18, 'willDelay', 'long', ['will']),
  number(0x19, 'requestResponseInfo', 'byte', ['connect'], flag),
  text(0x1a, 'responseInfo', ['connack']),
  text(0x1c, 'serverReference', ['connack', 'disconnect']),
  text(0x1f, 'reasonString', ['connack', ...acks, 'disconnect', 'auth']),
  number(0x21, 'receiveMaximum', 'word', greeting, positive),
  number(0x22, 'topicAliasMaximum', 'word', greeting),
  number(stampedIds.topicAlias, 'topicAlias', 'word', ['publish']), // 0 is refused by the reader of a PUBLISH
  number(0x24, 'maximumQos', 'byte', ['connack'], flag),
  number(0x25, 'retainAvailable', 'byte', ['connack'], flag),
  userProperties(0x26, everywhere),
  number(0x27, 'maximumPacketSize', 'long', greeting, positive),
  number(0x28, 'wildcardsAvailable', 'byte', ['connack'], flag),
  number(0x29, 'subscriptionIdsAvailable', 'byte', ['connack'], flag),
  number(0x2a, 'sharedAvailable', 'byte', ['connack'], flag),
]

function number(
  id: number,
  name: Named<number>,
  form: 'byte' | 'word' | 'long',
  allowed: readonly PropertyPlace[],
  { least = 0, most = 0xffff_ffff }: { readonly least?: number; readonly most?: number } = {},
): Property {
  const bytes = { byte: 1, word: 2, long: 4 }[form]
  return {
    ...{ id, name, in: allowed },
    read(input, draft) {
      const value = input[form]()
      if (value < least || value > most) throw protocolError(`${name} must not be ${value}`)
      draft[name] = value
    },
    size: () => 1 + bytes,
    write(output, { [name]: value = 0 }) {
      output.byte(id)
      output[form](value)
    },
  }
}

function text(id: number, name: Named<string>, allowed: readonly PropertyPlace[]): Property {
  return {
    ...{ id, name, in: allowed },
    read(input, draft) {
      draft[name] = input.text()
    },
    size: ({ [name]: value = '' }) => 1 + textSize(value),
    write(output, { [name]: value = '' }) {
      output.byte(id)
      output.text(value)
    },
  }
}

/** [MQTT-3.3.2-14]: without wildcards. */
function topic(id: number, name: Named<string>, allowed: readonly PropertyPlace[]): Property {
  return {
    ...text(id, name, allowed),
    read(input, draft) {
      const value = input.text()
      if (!isTopicName(value)) throw malformed(`${name} is not a topic name`)
      draft[name] = value
    },
  }
}

function binary(id: number, name: Named<Uint8Array>, allowed: readonly PropertyPlace[]): Property {
  const empty = new Uint8Array(0)
  return {
    ...{ id, name, in: allowed },
    read(input, draft) {
      draft[name] = input.binary()
    },
    size: ({ [name]: value = empty }) => 1 + binarySize(value),
    write(output, { [name]: value = empty }) {
      output.byte(id)
      output.binary(value)
    },
  }
}

function subscriptionIds(id: number, allowed: readonly PropertyPlace[]): Property {
  return {
    ...{ id, name: 'subscriptionIds', in: allowed, mayRepeat: true },
    read(input, draft) {
      const value = input.varint()
      if (value === 0) throw protocolError('a subscription identifier must not be 0')
      draft.subscriptionIds ??= []
      draft.subscriptionIds.push(value)
    },
    size: ({ subscriptionIds: all = [] }) => all.reduce((sum, value) => sum + 1 + varintSize(value), 0),
    write(output, { subscriptionIds: all = [] }) {
      for (const value of all) {
        output.byte(id)
        output.varint(value)
      }
    },
  }
}

function userProperties(id: number, allowed: readonly PropertyPlace[]): Property {
  return {
    ...{ id, name: 'userProperties', in: allowed, mayRepeat: true },
    read(input, draft) {
      draft.userProperties ??= []
      draft.userProperties.push([input.text(), input.text()])
    },
    size: ({ userProperties: all = [] }) =>
      all.reduce((sum, [name, value]) => sum + 1 + textSize(name) + textSize(value), 0),
    write(output, { userProperties: all = [] }) {
      for (const [name, value] of all) {
        output.byte(id)
        output.text(name)
        output.text(value)
      }
    },
  }
}

const byId = new Map(table.map((property) => [property.id, property]))
const byName = new Map<string, Property>(table.map((property) => [property.name, property]))

/** No properties: shared. */
export const noProperties: MqttProperties = Object.freeze({})

/** Reads the properties of a packet of MQTT 5, with their length (2.2.2). */
export function readProperties(input: PacketInput, place: PropertyPlace): MqttProperties {
  const length = input.varint()
  if (length === 0) return noProperties
  const draft: Draft = {}
  const end = input.narrow(length)
  while (input.rest > 0) {
    const id = input.varint()
    const property = byId.get(id)
    if (!property?.in.includes(place)) throw malformed(`a ${place} has no property ${id}`)
    if (!property.mayRepeat && draft[property.name] !== undefined)
      throw protocolError(`${property.name} is given twice`)
    property.read(input, draft)
  }
  input.widen(end)
  return draft
}

/** The properties of a packet to write. Those that its place can't have are left out. */
export class PropertiesOutput {
  /** The number of bytes, without their length. */
  readonly length: number
  readonly #from: MqttProperties
  readonly #given: Property[] = []

  constructor(from: MqttProperties, place: PropertyPlace) {
    this.#from = from
    let length = 0
    for (const name in from) {
      const property = byName.get(name)
      if (!property?.in.includes(place) || from[property.name] === undefined) continue
      this.#given.push(property)
      length += property.size(from)
    }
    this.length = length
  }

  /** Writes them, without their length. */
  write(output: PacketOutput): void {
    for (const property of this.#given) property.write(output, this.#from)
  }
}
