import type { BrokerMessage } from '@wildcast/protocol'
import type { StreamEncoder } from '../../../core/outlet.js'
import type { Framing } from '../../connections/framing.js'
import { deflatedFrame, joinFrames, wireFrame } from '../../connections/framing.js'
import type { MqttVersion } from './codec/packets.js'
import { PublishTemplate } from './codec/write-packet.js'
import { publishPacketOf } from './publish-packet.js'

/** How a connection carries packets. */
export type MqttFraming = Framing | 'bytes'

/** A packet for all clients with the same encoder, as their outboxes take it. */
export interface SharedFrame {
  readonly bytes: Uint8Array
  /** A subscription in name only: the frame may be dropped if its reader is too slow. */
  readonly feed: { readonly id: number; readonly broker: string; readonly latest: boolean }
}

/**
 * Encodes packets for the clients of one version, on one kind of connection. Messages are encoded
 * here once for all of them; their outboxes only join the results.
 */
export class MqttEncoder implements StreamEncoder {
  readonly overrun = 'gap'
  readonly version: MqttVersion
  readonly #framing: MqttFraming
  readonly #templates: WeakMap<BrokerMessage, PublishTemplate> = new WeakMap()
  /** The last message: usually the next client gets the same. */
  #last: { readonly message: BrokerMessage; readonly frame: SharedFrame } | undefined

  constructor(version: MqttVersion, framing: MqttFraming) {
    this.version = version
    this.#framing = framing
  }

  /** Sessions of MQTT encode messages themselves. */
  message(): undefined {
    return undefined
  }

  /** MQTT can't report a loss. */
  gap(): undefined {
    return undefined
  }

  join(frames: readonly Uint8Array[], bytes: number): Uint8Array {
    const joined = joinFrames(frames, bytes)
    if (this.#framing === 'bytes') return joined
    return this.#framing === 'deflated' ? deflatedFrame(joined) : wireFrame(joined)
  }

  /**
   * Returns the template of a message. Undefined if its subject is no topic.
   * @param now - in milliseconds since 1970
   */
  template(message: BrokerMessage, now: number): PublishTemplate | undefined {
    const known = this.#templates.get(message)
    if (known) return known
    const made = this.templateOnce(message, now)
    if (made) this.#templates.set(message, made)
    return made
  }

  /** The same for a message that stays, such as a value: its template would stay, too. */
  templateOnce(message: BrokerMessage, now: number): PublishTemplate | undefined {
    const packet = publishPacketOf(message, now)
    return packet && new PublishTemplate(packet, this.version)
  }

  /** Returns the frame of a message for all clients that get it with QoS 0, as it is. */
  shared(message: BrokerMessage, template: PublishTemplate, broker: string): SharedFrame {
    if (this.#last?.message === message && this.#last.frame.feed.broker === broker) return this.#last.frame
    const frame = { bytes: template.bytes, feed: { id: 0, broker, latest: false } }
    this.#last = { message, frame }
    return frame
  }
}

const encoders = new Map<string, MqttEncoder>()

/** Returns the encoder of a version and framing: one for all clients of the process. */
export function mqttEncoder(version: MqttVersion, framing: MqttFraming): MqttEncoder {
  // MQTT 3.1 and 3.1.1 differ in CONNACK alone, which is not shared.
  const key = `${version} ${framing}`
  const known = encoders.get(key) ?? new MqttEncoder(version, framing)
  encoders.set(key, known)
  return known
}
