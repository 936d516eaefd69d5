import type {
  ClientPacket,
  ConnectPacket,
  MqttProperties,
  PublishPacket,
  ServerPacket,
} from '../gateways/dialects/mqtt/codec/packets.js'

// Packets in the form of mqtt-packet. It has booleans for bytes that are 0 or 1.

/** A packet, its will or its properties. */
export type Foreign = Record<string, unknown>

const isFlag = { boolean: true }

const names: { readonly [Name in keyof Required<MqttProperties>]: readonly [string, typeof isFlag?] } = {
  payloadFormat: ['payloadFormatIndicator', isFlag],
  messageExpiry: ['messageExpiryInterval'],
  contentType: ['contentType'],
  responseTopic: ['responseTopic'],
  correlationData: ['correlationData'],
  subscriptionIds: ['subscriptionIdentifier'],
  sessionExpiry: ['sessionExpiryInterval'],
  assignedClientId: ['assignedClientIdentifier'],
  serverKeepAlive: ['serverKeepAlive'],
  authMethod: ['authenticationMethod'],
  authData: ['authenticationData'],
  requestProblemInfo: ['requestProblemInformation', isFlag],
  willDelay: ['willDelayInterval'],
  requestResponseInfo: ['requestResponseInformation', isFlag],
  responseInfo: ['responseInformation'],
  serverReference: ['serverReference'],
  reasonString: ['reasonString'],
  receiveMaximum: ['receiveMaximum'],
  topicAliasMaximum: ['topicAliasMaximum'],
  topicAlias: ['topicAlias'],
  maximumQos: ['maximumQoS'],
  retainAvailable: ['retainAvailable', isFlag],
  userProperties: ['userProperties'],
  maximumPacketSize: ['maximumPacketSize'],
  wildcardsAvailable: ['wildcardSubscriptionAvailable', isFlag],
  subscriptionIdsAvailable: ['subscriptionIdentifiersAvailable', isFlag],
  sharedAvailable: ['sharedSubscriptionAvailable', isFlag],
}

/** Its readers make one value of a list of one. */
const unlisted = (values: readonly unknown[]): unknown => (values.length === 1 ? values[0] : values)

function groups(pairs: readonly (readonly [string, string])[]): Foreign {
  const byName = new Map<string, string[]>()
  for (const [name, value] of pairs) byName.set(name, [...(byName.get(name) ?? []), value])
  return Object.fromEntries([...byName].map(([name, values]) => [name, unlisted(values)]))
}

function foreignValue(name: keyof MqttProperties, properties: MqttProperties): unknown {
  const value = properties[name]
  if (name === 'userProperties') return groups(properties.userProperties ?? [])
  if (name === 'subscriptionIds') return unlisted(properties.subscriptionIds ?? [])
  if (value instanceof Uint8Array) return Buffer.from(value)
  return names[name][1] ? value === 1 : value
}

/** Returns `{ properties }`, or nothing without any. */
function foreignProperties(properties: MqttProperties): Foreign {
  const given = Object.keys(names)
    .filter((name): name is keyof MqttProperties => Object.hasOwn(properties, name))
    .map((name) => [names[name][0], foreignValue(name, properties)])
  return given.length > 0 ? { properties: Object.fromEntries(given) } : {}
}

function foreignConnect({ version, will, user, password, ...packet }: ConnectPacket): Foreign {
  return {
    cmd: 'connect',
    protocolVersion: version,
    protocolId: version === 3 ? 'MQIsdp' : 'MQTT',
    clientId: packet.clientId,
    clean: packet.cleanStart,
    keepalive: packet.keepAlive,
    ...(will && {
      will: {
        topic: will.topic,
        payload: Buffer.from(will.payload),
        qos: will.qos,
        retain: will.retain,
        ...foreignProperties(will.properties),
      },
    }),
    ...(user !== undefined && { username: user }),
    ...(password && { password: Buffer.from(password) }),
    ...foreignProperties(packet.properties),
  }
}

function foreignPublish({ type, id, topic, payload, qos, retain, dup, properties }: PublishPacket): Foreign {
  return {
    ...{ cmd: type, topic, payload: Buffer.from(payload), qos, retain, dup },
    ...(id !== undefined && { messageId: id }),
    ...foreignProperties(properties),
  }
}

/** Returns a packet in the form of mqtt-packet. */
export function foreign(packet: ClientPacket | ServerPacket): Foreign {
  switch (packet.type) {
    case 'connect':
      return foreignConnect(packet)
    case 'publish':
      return foreignPublish(packet)
    case 'pingreq':
    case 'pingresp':
      return { cmd: packet.type }
    case 'subscribe': {
      const subscriptions = packet.entries.map(({ filter, qos, noLocal, retainAsPublished, retainHandling }) => ({
        ...{ topic: filter, qos, nl: noLocal, rap: retainAsPublished, rh: retainHandling },
      }))
      return { cmd: packet.type, messageId: packet.id, subscriptions, ...foreignProperties(packet.properties) }
    }
    case 'unsubscribe':
      return {
        ...{ cmd: packet.type, messageId: packet.id, unsubscriptions: packet.filters },
        ...foreignProperties(packet.properties),
      }
    case 'suback':
    case 'unsuback':
      return {
        ...{ cmd: packet.type, messageId: packet.id, granted: packet.reasons },
        ...foreignProperties(packet.properties),
      }
    case 'connack':
      return {
        ...{ cmd: packet.type, sessionPresent: packet.sessionPresent, reasonCode: packet.reason },
        ...foreignProperties(packet.properties),
      }
    default:
      return {
        ...{ cmd: packet.type, reasonCode: packet.reason },
        ...('id' in packet && { messageId: packet.id }),
        ...foreignProperties(packet.properties),
      }
  }
}
