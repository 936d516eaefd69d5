/** The reason codes of MQTT 5 (2.4), by their names. */
export const reasons = {
  /** Also "normal disconnection" and "granted QoS 0". */
  success: 0x00,
  grantedQos1: 0x01,
  grantedQos2: 0x02,
  disconnectWithWill: 0x04,
  noMatchingSubscribers: 0x10,
  noSubscriptionExisted: 0x11,
  continueAuthentication: 0x18,
  reauthenticate: 0x19,
  unspecifiedError: 0x80,
  malformedPacket: 0x81,
  protocolError: 0x82,
  implementationError: 0x83,
  unsupportedVersion: 0x84,
  clientIdInvalid: 0x85,
  badUserOrPassword: 0x86,
  notAuthorized: 0x87,
  serverUnavailable: 0x88,
  serverBusy: 0x89,
  banned: 0x8a,
  serverShuttingDown: 0x8b,
  badAuthMethod: 0x8c,
  keepAliveTimeout: 0x8d,
  sessionTakenOver: 0x8e,
  filterInvalid: 0x8f,
  topicInvalid: 0x90,
  packetIdInUse: 0x91,
  packetIdNotFound: 0x92,
  receiveMaximumExceeded: 0x93,
  topicAliasInvalid: 0x94,
  packetTooLarge: 0x95,
  messageRateTooHigh: 0x96,
  quotaExceeded: 0x97,
  administrativeAction: 0x98,
  payloadFormatInvalid: 0x99,
  retainNotSupported: 0x9a,
  qosNotSupported: 0x9b,
  useAnotherServer: 0x9c,
  serverMoved: 0x9d,
  sharedNotSupported: 0x9e,
  connectionRateExceeded: 0x9f,
  maximumConnectTime: 0xa0,
  subscriptionIdsNotSupported: 0xa1,
  wildcardsNotSupported: 0xa2,
} as const

/** The name of a reason code. */
export type ReasonName = keyof typeof reasons

/** Reasons of a PUBACK and a PUBREC. */
const received: readonly ReasonName[] = [
  'success',
  'noMatchingSubscribers',
  'unspecifiedError',
  'implementationError',
  'notAuthorized',
  'topicInvalid',
  'packetIdInUse',
  'quotaExceeded',
  'payloadFormatInvalid',
]

/** Reasons of a PUBREL and a PUBCOMP. */
const released: readonly ReasonName[] = ['success', 'packetIdNotFound']

/** Reasons of a SUBACK that refuse a filter; an UNSUBACK has the first five. */
const refused: readonly ReasonName[] = [
  'unspecifiedError',
  'implementationError',
  'notAuthorized',
  'filterInvalid',
  'packetIdInUse',
  'quotaExceeded',
  'sharedNotSupported',
  'subscriptionIdsNotSupported',
  'wildcardsNotSupported',
]

type Reasons<Packet extends string> = { readonly [Name in Packet]: ReadonlySet<number> }

const codes = (names: readonly ReasonName[]): ReadonlySet<number> => new Set(names.map((name) => reasons[name]))

/** The reason codes that a server may send, by packet (tables 3-1, 3-4 to 3-9, 3-10 and 3-11). */
export const serverReasons: Reasons<
  'connack' | 'puback' | 'pubrec' | 'pubrel' | 'pubcomp' | 'suback' | 'unsuback' | 'disconnect'
> = {
  connack: codes([
    'success',
    'unspecifiedError',
    'malformedPacket',
    'protocolError',
    'implementationError',
    'unsupportedVersion',
    'clientIdInvalid',
    'badUserOrPassword',
    'notAuthorized',
    'serverUnavailable',
    'serverBusy',
    'banned',
    'badAuthMethod',
    'topicInvalid',
    'packetTooLarge',
    'quotaExceeded',
    'payloadFormatInvalid',
    'retainNotSupported',
    'qosNotSupported',
    'useAnotherServer',
    'serverMoved',
    'connectionRateExceeded',
  ]),
  puback: codes(received),
  pubrec: codes(received),
  pubrel: codes(released),
  pubcomp: codes(released),
  suback: codes(['success', 'grantedQos1', 'grantedQos2', ...refused]),
  unsuback: codes(['success', 'noSubscriptionExisted', ...refused.slice(0, 5)]),
  disconnect: codes([
    'success',
    'unspecifiedError',
    'malformedPacket',
    'protocolError',
    'implementationError',
    'notAuthorized',
    'serverBusy',
    'serverShuttingDown',
    'keepAliveTimeout',
    'sessionTakenOver',
    'filterInvalid',
    'topicInvalid',
    'receiveMaximumExceeded',
    'topicAliasInvalid',
    'packetTooLarge',
    'messageRateTooHigh',
    'quotaExceeded',
    'administrativeAction',
    'payloadFormatInvalid',
    'retainNotSupported',
    'qosNotSupported',
    'useAnotherServer',
    'serverMoved',
    'sharedNotSupported',
    'connectionRateExceeded',
    'maximumConnectTime',
    'subscriptionIdsNotSupported',
    'wildcardsNotSupported',
  ]),
}

/** The reason codes that a client may send, by packet. */
export const clientReasons: Reasons<'puback' | 'pubrec' | 'pubrel' | 'pubcomp' | 'disconnect' | 'auth'> = {
  puback: codes(received),
  pubrec: codes(received),
  pubrel: codes(released),
  pubcomp: codes(released),
  disconnect: codes([
    'success',
    'disconnectWithWill',
    'unspecifiedError',
    'malformedPacket',
    'protocolError',
    'implementationError',
    'topicInvalid',
    'receiveMaximumExceeded',
    'topicAliasInvalid',
    'packetTooLarge',
    'messageRateTooHigh',
    'quotaExceeded',
    'administrativeAction',
    'payloadFormatInvalid',
  ]),
  auth: codes(['continueAuthentication', 'reauthenticate']),
}

/** CONNACK return codes of MQTT 3 (3.1.1: table 3.1); other reasons are "unavailable". */
const returnCodes: ReadonlyMap<number, number> = new Map([
  [reasons.success, 0],
  [reasons.unsupportedVersion, 1],
  [reasons.clientIdInvalid, 2],
  [reasons.badUserOrPassword, 4],
  [reasons.notAuthorized, 5],
  [reasons.banned, 5],
  [reasons.badAuthMethod, 5],
])

const unavailable = 3

/** Returns the CONNACK return code of MQTT 3 for a reason of MQTT 5. */
export function returnCodeOf(reason: number): number {
  return returnCodes.get(reason) ?? unavailable
}
