/** The settings of the MQTT gateway, for all its ports. */
export interface MqttGatewaySettings {
  /** The longest time that a session is kept without its client, in milliseconds. */
  readonly sessionExpiryMs: number
  /** The longest keep-alive of clients of MQTT 5, in seconds. 0: any, and none. */
  readonly keepAlive: number
  /** How many messages with QoS 1 and 2 wait for one client. */
  readonly queue: number
}

/** The settings of a gateway that sets none. */
export const usualMqttGatewaySettings: MqttGatewaySettings = {
  sessionExpiryMs: 24 * 3600 * 1000,
  keepAlive: 0,
  queue: 1000,
}
