import { reasons } from './reasons.js'

/** A packet, or a stream of bytes, that breaks the protocol: the connection is to be closed. */
export class MqttFault extends Error {
  override readonly name = 'MqttFault'
  /** The reason code of MQTT 5, for a CONNACK or a DISCONNECT. */
  readonly reason: number

  constructor(reason: number, message: string) {
    super(message)
    this.reason = reason
  }
}

/** Bytes that cannot be parsed as the specification demands. */
export function malformed(message: string): MqttFault {
  return new MqttFault(reasons.malformedPacket, message)
}

/** A packet that can be parsed, but must not be sent. */
export function protocolError(message: string): MqttFault {
  return new MqttFault(reasons.protocolError, message)
}
