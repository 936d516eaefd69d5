import fc from 'fast-check'
import type {
  AckPacket,
  AuthPacket,
  ClientPacket,
  ConnectPacket,
  DisconnectPacket,
  MqttProperties,
  MqttVersion,
  PublishPacket,
  ServerPacket,
  SubscribePacket,
  UnsubscribePacket,
} from '../gateways/dialects/mqtt/codec/packets.js'
import { clientReasons, serverReasons } from '../gateways/dialects/mqtt/codec/reasons.js'

// Random packets that are valid.

const text = fc
  .oneof(fc.string({ unit: 'grapheme', maxLength: 12 }), fc.constantFrom('\ufeffbom', 'é'.repeat(90), '😀'))
  .filter((one) => !one.includes('\0'))
const bytes = fc.uint8Array({ maxLength: 20 }).map((one) => new Uint8Array(one))
const payload = fc.oneof(
  bytes,
  fc.uint8Array({ minLength: 100, maxLength: 400 }).map((one) => new Uint8Array(one)),
)
const topic = text.map((one) => one.replace(/[+#]/g, '') || 'a/b')
const id = fc.integer({ min: 1, max: 0xffff })
const word = fc.integer({ min: 0, max: 0xffff })
const long = fc.integer({ min: 0, max: 0xffff_ffff })
const flag = fc.constantFrom(0, 1)
const qos = fc.constantFrom(0 as const, 1 as const, 2 as const)
const subscriptionId = fc.integer({ min: 1, max: 0xfff_ffff })

/** One name with values: mqtt-packet loses the order of several, and empty values. */
const userProperties = fc
  .tuple(
    text,
    fc.array(
      text.map((one) => `v${one}`),
      { minLength: 1, maxLength: 3 },
    ),
  )
  .map(([name, values]) => values.map((value) => [`u${name}`, value] as const))

const some = <Model>(model: { [Name in keyof Model]: fc.Arbitrary<Model[Name]> }) =>
  fc.record(model, { requiredKeys: [] })

const ackProperties = some({ reasonString: text, userProperties })
const message = {
  payloadFormat: flag,
  messageExpiry: long,
  contentType: text,
  responseTopic: topic,
  correlationData: bytes,
  userProperties,
}

/** `authData` only beside `authMethod`. */
const auth = fc.oneof(fc.constant({}), fc.record({ authMethod: text, authData: bytes }))

type Optional<Value> = fc.Arbitrary<{ readonly properties: Value }>

const withProperties = (version: MqttVersion, properties: fc.Arbitrary<MqttProperties>): Optional<MqttProperties> =>
  fc.record({ properties: version === 5 ? properties : fc.constant({}) })

const join = <A, B>(a: fc.Arbitrary<A>, b: fc.Arbitrary<B>): fc.Arbitrary<A & B> =>
  fc.tuple(a, b).map(([x, y]) => ({ ...x, ...y }))

function connect(version: MqttVersion): fc.Arbitrary<ConnectPacket> {
  const will = join(
    fc.record({ topic, payload: bytes, qos, retain: fc.boolean() }),
    withProperties(version, some({ ...message, willDelay: long })),
  )
  const greeting = some({
    sessionExpiry: long,
    receiveMaximum: id,
    maximumPacketSize: fc.integer({ min: 1, max: 0xffff_ffff }),
    topicAliasMaximum: word,
    requestResponseInfo: flag,
    requestProblemInfo: flag,
    userProperties,
  })
  const who = fc.oneof(fc.constant({}), fc.record({ user: text }), fc.record({ user: text, password: bytes }))
  return fc
    .tuple(
      fc.record({ clientId: text.map((one) => `c${one}`), cleanStart: fc.boolean(), keepAlive: word }),
      some({ will }),
      who,
      withProperties(version, join(greeting, auth)),
    )
    .map(([fields, ...rest]) => Object.assign({ type: 'connect' as const, version, ...fields }, ...rest))
}

/** A PUBLISH in one direction. */
function publish(version: MqttVersion, extra: fc.Arbitrary<MqttProperties>): fc.Arbitrary<PublishPacket> {
  return fc
    .tuple(
      fc.record({ topic, payload, retain: fc.boolean() }),
      fc.oneof(
        fc.constant({ qos: 0 as const, dup: false }),
        fc.record({ qos: fc.constantFrom(1 as const, 2 as const), id, dup: fc.boolean() }),
      ),
      withProperties(version, join(some(message), extra)),
    )
    .map(([fields, delivery, properties]) => ({ type: 'publish', ...fields, ...delivery, ...properties }))
}

function ack(version: MqttVersion, table: typeof clientReasons | typeof serverReasons): fc.Arbitrary<AckPacket> {
  return fc.constantFrom('puback' as const, 'pubrec' as const, 'pubrel' as const, 'pubcomp' as const).chain((type) =>
    join(
      fc.record({
        type: fc.constant(type),
        id,
        reason: version === 5 ? fc.constantFrom(...table[type]) : fc.constant(0),
      }),
      withProperties(version, ackProperties),
    ),
  )
}

function subscribe(version: MqttVersion): fc.Arbitrary<SubscribePacket> {
  const entry = fc.record({
    filter: fc.oneof(topic, fc.constantFrom('#', '+', '/', 'a/+/#', '$SYS/#', '+/b')),
    qos,
    noLocal: version === 5 ? fc.boolean() : fc.constant(false),
    retainAsPublished: version === 5 ? fc.boolean() : fc.constant(false),
    retainHandling: version === 5 ? qos : fc.constant(0 as const),
  })
  return join(
    fc.record({
      type: fc.constant('subscribe' as const),
      id,
      entries: fc.array(entry, { minLength: 1, maxLength: 4 }),
    }),
    withProperties(version, some({ subscriptionIds: subscriptionId.map((one) => [one]), userProperties })),
  )
}

function unsubscribe(version: MqttVersion): fc.Arbitrary<UnsubscribePacket> {
  return join(
    fc.record({
      type: fc.constant('unsubscribe' as const),
      id,
      filters: fc.array(topic, { minLength: 1, maxLength: 4 }),
    }),
    withProperties(version, some({ userProperties })),
  )
}

function disconnect(version: MqttVersion, codes: ReadonlySet<number>): fc.Arbitrary<DisconnectPacket> {
  return join(
    fc.record({
      type: fc.constant('disconnect' as const),
      reason: version === 5 ? fc.constantFrom(...codes) : fc.constant(0),
    }),
    withProperties(version, some({ sessionExpiry: long, reasonString: text, userProperties })),
  )
}

const authPacket: fc.Arbitrary<AuthPacket> = fc.record({
  type: fc.constant('auth' as const),
  reason: fc.constantFrom(...clientReasons.auth),
  properties: join(fc.record({ authMethod: text }), some({ authData: bytes, reasonString: text, userProperties })),
})

/** Any packet of a client. */
export function clientPacket(version: MqttVersion): fc.Arbitrary<ClientPacket> {
  return fc.oneof(
    connect(version),
    publish(version, some({ topicAlias: id })),
    ack(version, clientReasons),
    subscribe(version),
    unsubscribe(version),
    fc.constant({ type: 'pingreq' } as const),
    disconnect(version, clientReasons.disconnect),
    ...(version === 5 ? [authPacket] : []),
  )
}

function connack(version: MqttVersion): fc.Arbitrary<ServerPacket> {
  const properties = some({
    sessionExpiry: long,
    receiveMaximum: id,
    maximumQos: flag,
    retainAvailable: flag,
    maximumPacketSize: fc.integer({ min: 1, max: 0xffff_ffff }),
    assignedClientId: text,
    topicAliasMaximum: word,
    reasonString: text,
    wildcardsAvailable: flag,
    subscriptionIdsAvailable: flag,
    sharedAvailable: flag,
    serverKeepAlive: word,
    responseInfo: text,
    serverReference: text,
    userProperties,
  })
  return join(
    fc.record({
      type: fc.constant('connack' as const),
      reason: version === 5 ? fc.constantFrom(...serverReasons.connack) : fc.constant(0),
    }),
    withProperties(version, join(properties, auth)),
  ).chain((packet) =>
    fc
      .record({ sessionPresent: packet.reason === 0 && version > 3 ? fc.boolean() : fc.constant(false) })
      .map((flags) => ({ ...packet, ...flags })),
  )
}

function listed(version: MqttVersion, type: 'suback' | 'unsuback'): fc.Arbitrary<ServerPacket> {
  const reason = version === 5 ? fc.constantFrom(...serverReasons[type]) : fc.constantFrom(0, 1, 2, 0x80)
  return join(
    fc.record({ type: fc.constant(type), id, reasons: fc.array(reason, { minLength: 1, maxLength: 4 }) }),
    withProperties(version, ackProperties),
  )
}

/** Any packet of a server. MQTT 3 has no DISCONNECT of it. */
export function serverPacket(version: MqttVersion): fc.Arbitrary<ServerPacket> {
  const subscriptionIds = fc.array(subscriptionId, { minLength: 1, maxLength: 3 })
  return fc.oneof(
    connack(version),
    publish(version, some({ topicAlias: id, subscriptionIds })),
    ack(version, serverReasons),
    listed(version, 'suback'),
    listed(version, 'unsuback'),
    fc.constant({ type: 'pingresp' } as const),
    ...(version === 5 ? [disconnect(version, serverReasons.disconnect)] : []),
  )
}
