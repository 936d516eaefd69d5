import type { ClientPacket, MqttVersion } from './packets.js'

export { MqttFault } from './fault.js'

/** Bounds for the packets of a client, fixed header included. */
export interface PacketLimits {
  /** Of the first packet. */
  readonly connectBytes: number
  /** Of each packet after it. */
  readonly packetBytes: number
}

/** Reads the packets of one connection from its bytes. */
export class PacketReader {
  readonly limits: PacketLimits
  /** Known once the protocol level of a CONNECT was read, also if the rest of it is refused. */
  get version(): MqttVersion | undefined {
    return undefined
  }

  constructor(limits: PacketLimits) {
    this.limits = limits
  }

  /**
   * Reads the next bytes and passes on each packet that is complete.
   *
   * @throws `MqttFault` if the bytes break the protocol; the packets before were passed on. The
   * reader must not be used again.
   */
  read(_chunk: Uint8Array, _take: (packet: ClientPacket) => void): void {
    throw new Error('not built')
  }
}
