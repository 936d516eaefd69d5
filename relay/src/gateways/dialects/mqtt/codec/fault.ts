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
