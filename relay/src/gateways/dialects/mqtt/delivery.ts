import type { BrokerMessage } from '@wildcast/protocol'
import type { Parcel } from '../../../core/outlet.js'
import type { Qos } from './codec/packets.js'
import type { MqttSubscription } from './subscriptions.js'

/** A message for one client, with the terms of its subscriptions that it matches. */
export interface MqttDelivery {
  readonly message: BrokerMessage
  readonly broker: string
  readonly qos: Qos
  readonly retain: boolean
  /** The subscription identifiers. */
  readonly ids: readonly number[] | undefined
  /** Whether it is a value that was there before. */
  readonly isReplay: boolean
  readonly settle: Parcel['settle']
}

/** Returns the delivery of a parcel by a subscription. */
export function deliveryOf(
  { replay, settle }: Parcel,
  {
    message,
    broker,
    subscription,
  }: Pick<MqttDelivery, 'message' | 'broker'> & { readonly subscription: MqttSubscription },
): MqttDelivery {
  const { qos, retainAsPublished, id } = subscription
  const isReplay = replay === true
  return {
    message,
    broker,
    // A store does not keep the QoS of a value.
    qos: isReplay ? qos : lowerQos(message.qos ?? 0, qos),
    retain: isReplay || (retainAsPublished && isRetained(message)),
    ids: id === undefined ? undefined : [id],
    isReplay,
    settle,
  }
}

/** Joins the deliveries of one message by overlapping subscriptions of a client. */
export function joined(one: MqttDelivery, other: MqttDelivery): MqttDelivery {
  const ids = one.ids || other.ids ? [...(one.ids ?? []), ...(other.ids ?? [])] : undefined
  return { ...one, qos: one.qos > other.qos ? one.qos : other.qos, retain: one.retain || other.retain, ids }
}

/** The lower of the two is the quality of service of a delivery [MQTT-3.8.4-8]. */
function lowerQos(published: Qos, granted: Qos): Qos {
  return published < granted ? published : granted
}

/** Clients of other gateways have no retain flag, but their values are numbered. */
function isRetained({ retain, revision, retained }: BrokerMessage): boolean {
  return retain === true || revision !== undefined || retained === true
}
