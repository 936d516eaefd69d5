/** 3: MQTT 3.1 (`MQIsdp`), 4: MQTT 3.1.1, 5: MQTT 5.0. */
export type MqttVersion = 3 | 4 | 5

/** 0: at most once, 1: at least once, 2: exactly once. */
export type Qos = 0 | 1 | 2

/** The properties of MQTT 5 (2.2.2.2), by their names in the specification. */
export interface MqttProperties {
  readonly payloadFormat?: number
  readonly messageExpiry?: number
  readonly contentType?: string
  readonly responseTopic?: string
  readonly correlationData?: Uint8Array
  /** A PUBLISH may have several, a SUBSCRIBE one. */
  readonly subscriptionIds?: readonly number[]
  readonly sessionExpiry?: number
  readonly assignedClientId?: string
  readonly serverKeepAlive?: number
  readonly authMethod?: string
  readonly authData?: Uint8Array
  readonly requestProblemInfo?: number
  readonly willDelay?: number
  readonly requestResponseInfo?: number
  readonly responseInfo?: string
  readonly serverReference?: string
  readonly reasonString?: string
  readonly receiveMaximum?: number
  readonly topicAliasMaximum?: number
  readonly topicAlias?: number
  readonly maximumQos?: number
  readonly retainAvailable?: number
  /** In order; a name may be repeated. */
  readonly userProperties?: readonly (readonly [name: string, value: string])[]
  readonly maximumPacketSize?: number
  readonly wildcardsAvailable?: number
  readonly subscriptionIdsAvailable?: number
  readonly sharedAvailable?: number
}

/** The message that the server publishes for a client that is gone. */
export interface MqttWill {
  readonly topic: string
  readonly payload: Uint8Array
  readonly qos: Qos
  readonly retain: boolean
  readonly properties: MqttProperties
}

/** CONNECT. */
export interface ConnectPacket {
  readonly type: 'connect'
  readonly version: MqttVersion
  readonly clientId: string
  /** "Clean Session" of MQTT 3. */
  readonly cleanStart: boolean
  /** In seconds; 0: none. */
  readonly keepAlive: number
  readonly will?: MqttWill
  readonly user?: string
  readonly password?: Uint8Array
  readonly properties: MqttProperties
}

/** PUBLISH, in both directions. */
export interface PublishPacket {
  readonly type: 'publish'
  /** Empty if `properties.topicAlias` stands for it. */
  readonly topic: string
  readonly payload: Uint8Array
  readonly qos: Qos
  readonly retain: boolean
  readonly dup: boolean
  /** Set if `qos` is not 0. */
  readonly id?: number
  readonly properties: MqttProperties
}

/** PUBACK, PUBREC, PUBREL, PUBCOMP. */
export interface AckPacket {
  readonly type: 'puback' | 'pubrec' | 'pubrel' | 'pubcomp'
  readonly id: number
  readonly reason: number
  readonly properties: MqttProperties
}

/** A filter of a SUBSCRIBE, with its options. */
export interface SubscribeEntry {
  readonly filter: string
  readonly qos: Qos
  readonly noLocal: boolean
  readonly retainAsPublished: boolean
  readonly retainHandling: 0 | 1 | 2
}

/** SUBSCRIBE. */
export interface SubscribePacket {
  readonly type: 'subscribe'
  readonly id: number
  readonly entries: readonly SubscribeEntry[]
  readonly properties: MqttProperties
}

/** UNSUBSCRIBE. */
export interface UnsubscribePacket {
  readonly type: 'unsubscribe'
  readonly id: number
  readonly filters: readonly string[]
  readonly properties: MqttProperties
}

/** DISCONNECT, in both directions. */
export interface DisconnectPacket {
  readonly type: 'disconnect'
  readonly reason: number
  readonly properties: MqttProperties
}

/** AUTH, of MQTT 5 only. */
export interface AuthPacket {
  readonly type: 'auth'
  readonly reason: number
  readonly properties: MqttProperties
}

/** A packet that a client may send. */
export type ClientPacket =
  | ConnectPacket
  | PublishPacket
  | AckPacket
  | SubscribePacket
  | UnsubscribePacket
  | { readonly type: 'pingreq' }
  | DisconnectPacket
  | AuthPacket

/** A packet that a server may send. */
export type ServerPacket =
  | {
      readonly type: 'connack'
      readonly sessionPresent: boolean
      readonly reason: number
      readonly properties: MqttProperties
    }
  | PublishPacket
  | AckPacket
  | {
      readonly type: 'suback' | 'unsuback'
      readonly id: number
      readonly reasons: readonly number[]
      readonly properties: MqttProperties
    }
  | { readonly type: 'pingresp' }
  | DisconnectPacket
