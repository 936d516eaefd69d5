/** The counts of a gateway, for its `$SYS` topics. */
export interface MqttCounts {
  /** Clients that are connected. */
  connected: number
  /** Messages for clients that were dropped: a queue was full, or a packet too large. */
  dropped: number
  /** Messages for clients that have expired. */
  expired: number
  /** Publishes that were refused without notice: the protocol has no answer for that. */
  refused: number
}

/** Returns counts that begin with 0. */
export function newMqttCounts(): MqttCounts {
  return { connected: 0, dropped: 0, expired: 0, refused: 0 }
}
