import { WildcastError } from '@wildcast/protocol'
import type { PublishCommand } from '../../../core/commands.js'
import type { Session } from '../../../core/session.js'
import type { PublishThrottle } from '../publish-throttle.js'
import { MqttFault } from './codec/fault.js'
import type { MqttVersion, PublishPacket, ServerPacket } from './codec/packets.js'
import { reasons } from './codec/reasons.js'
import { InOrder } from './in-order.js'
import type { IncomingIds } from './incoming.js'
import type { MqttCounts } from './mqtt-counts.js'
import { publishCommandOf } from './publish-command.js'
import { reasonOfError } from './reason-of-error.js'
import type { ClientAliases } from './topic-aliases.js'

export interface PublishingPorts {
  readonly version: MqttVersion
  readonly session: Session
  readonly incoming: IncomingIds
  readonly aliases: ClientAliases
  readonly throttle: PublishThrottle
  readonly counts: MqttCounts
  /** The server's Receive Maximum. */
  readonly receiveMaximum: number
  /** Whether the broker keeps values, which may change when its link is back. */
  canRetain(): boolean
  wall(): number
  send(packet: ServerPacket): void
  /** The broker is down, and MQTT 3 can't refuse: the client must send again after a reconnect. */
  lost(why: string): void
}

/** Why a publish was refused. */
interface Refusal {
  readonly reason: number
  readonly why: string
}

/** MQTT 3 knows no Receive Maximum: there are no more packet ids. */
const allIds = 65_535

/** Publishes what a client sends, and acknowledges it once the broker has it. */
export class MqttPublishing {
  readonly #ports: PublishingPorts
  readonly #answers = new InOrder()

  constructor(ports: PublishingPorts) {
    this.#ports = ports
  }

  /** Resolves when every publish is answered. */
  whenAnswered(): Promise<void> {
    return Promise.all([this.#answers.whenEmpty(), this.#ports.throttle.whenConfirmed()]).then(() => {})
  }

  /** @throws {MqttFault} if the packet breaks the protocol */
  publish(packet: PublishPacket): void {
    const { incoming, aliases, version } = this.#ports
    const topic = aliases.topicOf(packet.topic, packet.properties.topicAlias)
    const { qos, id = 0 } = packet
    if (qos === 0) {
      this.#publish({ ...packet, topic })
      return
    }
    const isRepeat = incoming.begin(id, qos)
    const most = version === 5 ? this.#ports.receiveMaximum : allIds
    if (incoming.unanswered > most)
      throw new MqttFault(reasons.receiveMaximumExceeded, `more than ${most} messages are not acknowledged`)
    if (isRepeat) this.#answers.now(() => this.#acknowledge(packet, undefined))
    else this.#publish({ ...packet, topic })
  }

  /** A PUBREL has come. */
  release(id: number): void {
    const { incoming, send } = this.#ports
    const reason = incoming.release(id) ? reasons.success : reasons.packetIdNotFound
    this.#answers.now(() => send({ type: 'pubcomp', id, reason, properties: {} }))
  }

  #publish(packet: PublishPacket): void {
    const { canRetain, version } = this.#ports
    // [MQTT-3.2.2-14]
    if (packet.retain && version === 5 && !canRetain())
      throw new MqttFault(reasons.retainNotSupported, 'the broker keeps no values')
    const command = publishCommandOf(packet, this.#ports.wall())
    if (command) this.#send(packet, command)
    else
      this.#refuse(packet, {
        reason: reasons.topicInvalid,
        why: 'the topic is too long, or no subject has its characters',
      })
  }

  #send(packet: PublishPacket, command: PublishCommand): void {
    const { session, throttle, canRetain } = this.#ports
    const done = packet.retain && canRetain() ? retained(session, packet, command) : session.publish(command)
    if (!(done instanceof Promise)) {
      this.#answers.now(() => this.#acknowledge(packet, undefined))
      return
    }
    const confirmed = throttle.begin(packet.payload.length)
    const answer = this.#answers.later()
    done.then(
      () => {
        confirmed()
        answer(() => this.#acknowledge(packet, undefined))
      },
      (cause) => {
        confirmed()
        answer(() => this.#failed(packet, WildcastError.from(cause)))
      },
    )
  }

  #failed(packet: PublishPacket, error: WildcastError): void {
    const { version, lost, incoming } = this.#ports
    if (version < 5 && packet.qos > 0 && (error.code === 'broker_down' || error.code === 'interrupted')) {
      incoming.end(packet.id ?? 0)
      lost(error.message)
    } else this.#refuse(packet, { reason: reasonOfError(error, 'publish'), why: error.message })
  }

  /** MQTT 3, and QoS 0, have no refusal: the message is dropped, and counted. */
  #refuse(packet: PublishPacket, refusal: Refusal): void {
    const isTold = this.#ports.version === 5 && packet.qos > 0
    if (!isTold) this.#ports.counts.refused++
    this.#answers.now(() => this.#acknowledge(packet, isTold ? refusal : undefined))
  }

  #acknowledge({ qos, id = 0 }: PublishPacket, refusal: Refusal | undefined): void {
    const { send, incoming } = this.#ports
    if (qos === 0) return
    if (qos === 1 || refusal) incoming.end(id)
    const type = qos === 1 ? 'puback' : 'pubrec'
    const properties = refusal ? { reasonString: refusal.why } : {}
    send({ type, id, reason: refusal?.reason ?? reasons.success, properties })
  }
}

/** An empty message deletes the value, and is also delivered if there was no value. */
async function retained(
  session: Session,
  { payload, properties }: PublishPacket,
  command: PublishCommand,
): Promise<void> {
  const { messageExpiry } = properties
  const ttlMs = messageExpiry === undefined ? undefined : Math.max(1, messageExpiry * 1000)
  const revision = await session.retain({ ...command, retain: { ttlMs } })
  if (payload.length === 0 && revision === undefined) await session.publish(command)
}
