import type { BrokerMessage, WildcastError } from '@wildcast/protocol'
import type { Clock } from '../../../core/clock.js'
import type { FeedFacts, Outlet, Parcel } from '../../../core/outlet.js'
import type { Session } from '../../../core/session.js'
import { reasons } from './codec/reasons.js'
import { deliveryOf, joined, type MqttDelivery } from './delivery.js'
import { IncomingIds } from './incoming.js'
import type { MqttCounts } from './mqtt-counts.js'
import type { MqttLine } from './mqtt-line.js'
import { type OutgoingMessage, OutgoingQueue } from './outgoing.js'
import type { QueueRoom } from './queue-room.js'
import { MqttSubscriptions } from './subscriptions.js'
import { writeMessage } from './write-message.js'

/** A delivery with QoS 1 or 2, which waits or is in flight. */
interface Queued extends OutgoingMessage {
  readonly delivery: MqttDelivery
}

export interface MqttSessionPorts {
  readonly clock: Clock
  readonly counts: MqttCounts
  /** Memory that the queues of all sessions share. */
  readonly room: QueueRoom
  /** The session is over for good: its client can't continue it. */
  readonly over: (session: MqttSession) => void
  readonly queue: { readonly messages: number; readonly bytes: number }
}

/** The bytes that an empty message counts. */
const overhead = 256

/**
 * The state of a client that outlives its connection: its subscriptions, and the messages with QoS
 * 1 and 2 in both directions (MQTT 5, 4.1).
 */
export class MqttSession implements Outlet {
  readonly subscriptions: MqttSubscriptions = new MqttSubscriptions()
  readonly incoming: IncomingIds = new IncomingIds()
  readonly #ports: MqttSessionPorts
  readonly #outgoing: OutgoingQueue<Queued>
  /** Withdraws the will of the client. */
  will: (() => void) | undefined
  #session: Session | undefined
  /** Absent while the client is away. */
  #line: MqttLine | undefined
  /** Deliveries by overlapping subscriptions in this turn. */
  #gathered: Map<BrokerMessage, MqttDelivery> | undefined
  #whenReady: (() => void)[] = []
  #awaitsOutbox = false
  #isOver = false

  constructor(ports: MqttSessionPorts) {
    this.#ports = ports
    this.#outgoing = new OutgoingQueue(ports.queue)
  }

  /** The session of the relay. */
  get session(): Session {
    if (!this.#session) throw new TypeError('the session is not open yet')
    return this.#session
  }

  get isOver(): boolean {
    return this.#isOver
  }

  get line(): MqttLine | undefined {
    return this.#line
  }

  /** Whether messages that can wait should: the client is away, slow or has many to confirm. */
  get behind(): boolean {
    return this.#isOver || !this.#line || this.#line.outbox.behind || this.#outgoing.isBusy
  }

  /** The session of the relay is open, with this as its outlet. */
  begin(session: Session): void {
    this.#session = session
  }

  /** The client has a connection. Messages in flight are sent again. */
  attach(line: MqttLine): void {
    this.#line = line
    this.#awaitsOutbox = false
    this.incoming.connect()
    this.#outgoing.connect(line.receiveMaximum)
    this.session.moveTo('here')
    this.#pump()
  }

  /** The client has lost its connection. */
  detach(): void {
    this.#line = undefined
    if (!this.#isOver) this.session.moveTo('away')
  }

  deliver(parcel: Parcel): void {
    const { message, feed, settle } = parcel
    const subscribed = feed && this.subscriptions.at(feed.id)
    if (!message || !feed || !subscribed || this.#isOver) {
      settle?.(false)
      return
    }
    const { subscription, overlaps } = subscribed
    // An expired value is no message, and the client's own are left out [MQTT-3.8.3-3].
    const isOwn = subscription.noLocal && message.from?.session === this.session.name
    if (message.expired || isOwn) {
      settle?.(true)
      return
    }
    const delivery = deliveryOf(parcel, { message, broker: feed.broker, subscription })
    if (overlaps && !parcel.replay) this.#gather(delivery)
    else this.#send(delivery)
  }

  /** Sends a message that is of no feed. */
  show(delivery: MqttDelivery): void {
    if (!this.#isOver) this.#send(delivery)
  }

  whenCaughtUp(run: () => void): void {
    if (!this.#isOver) this.#whenReady.push(run)
    this.#awaitOutbox()
  }

  /** MQTT can't report the end of a subscription: the client subscribes again, and is refused. */
  ended(_: FeedFacts, { message }: WildcastError): void {
    this.end(reasons.notAuthorized, `a subscription has ended: ${message}`)
  }

  revoked({ message }: WildcastError): void {
    this.end(reasons.notAuthorized, message)
  }

  /** A PUBACK, PUBCOMP or refusing PUBREC has come. Returns whether it was expected. */
  finish(id: number, by: 'puback' | 'pubrec' | 'pubcomp'): boolean {
    const message = this.#outgoing.finish(id, by)
    if (!message) return false
    this.#ports.room.used -= message.bytes
    message.delivery.settle?.(true)
    this.#pump()
    return true
  }

  /** A PUBREC has come. Returns whether a PUBREL follows. */
  release(id: number): boolean {
    return this.#outgoing.release(id)
  }

  /** The client has left in order, or has another will. */
  withdrawWill(): void {
    this.will?.()
    this.will = undefined
  }

  /** Ends a session that its client has never had: it has no will. */
  abandon(): void {
    this.withdrawWill()
    this.close('moved')
  }

  /** Ends the session and its connection. */
  end(reason: number, why: string): void {
    const line = this.#line
    this.close()
    line?.end(reason, why)
  }

  /** Ends the session for good. Doesn't write to the connection. */
  close(ending?: 'left' | 'lost' | 'moved'): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#line = undefined
    this.#whenReady = []
    this.#ports.room.used -= this.#outgoing.bytes
    this.session.close(ending)
    for (const { delivery } of this.#outgoing.abandon()) delivery.settle?.(false)
    this.#ports.over(this)
  }

  #gather(delivery: MqttDelivery): void {
    const { message } = delivery
    if (!this.#gathered) {
      this.#gathered = new Map()
      this.#ports.clock.endOfTurn(() => this.#sendGathered())
    }
    const before = this.#gathered.get(message)
    this.#gathered.set(message, before ? joined(before, delivery) : delivery)
  }

  #sendGathered(): void {
    const deliveries = this.#gathered?.values() ?? []
    this.#gathered = undefined
    for (const delivery of deliveries) if (!this.#isOver) this.#send(delivery)
  }

  #send(delivery: MqttDelivery): void {
    if (delivery.qos === 0) this.#sendNow(delivery)
    else this.#enqueue(delivery, delivery.qos)
  }

  #enqueue(delivery: MqttDelivery, qos: 1 | 2): void {
    const { room, counts } = this.#ports
    const { message, settle } = delivery
    const bytes = message.payload.length + overhead
    if (room.used > room.limit || !this.#outgoing.add({ qos, bytes, expiresAt: message.expiresAt, delivery })) {
      counts.dropped++
      settle?.(false)
      return
    }
    room.used += bytes
    this.#pump()
  }

  /** With QoS 0, messages for a client that is away are lost. */
  #sendNow(delivery: MqttDelivery): void {
    const line = this.#line
    if (!line) delivery.settle?.(false)
    else if (!writeMessage(line, delivery, { now: this.#ports.clock.wall(), qos: 0 })) {
      this.#ports.counts.dropped++
      delivery.settle?.(true)
    }
  }

  /** Sends what waits, as far as the client's window and its reading allow. */
  #pump(): void {
    const { clock, counts, room } = this.#ports
    for (let line = this.#line; line && !line.outbox.behind; line = this.#line) {
      const sending = this.#outgoing.take(clock.wall(), ({ bytes, delivery }) => {
        counts.expired++
        room.used -= bytes
        delivery.settle?.(true)
      })
      if (!sending) break
      if (sending.kind === 'release') line.send({ type: 'pubrel', id: sending.id, reason: 0, properties: {} })
      else this.#sendQueued(line, sending.id, sending.message, sending.dup)
    }
    this.#awaitOutbox()
    this.#runReady()
  }

  #sendQueued(line: MqttLine, id: number, { qos, delivery }: Queued, dup: boolean): void {
    const { clock, counts, room } = this.#ports
    if (writeMessage(line, delivery, { now: clock.wall(), qos, id, dup })) return
    // The client can't take it: it counts as delivered [MQTT-3.1.2-25].
    counts.dropped++
    room.used -= this.#outgoing.drop(id)?.bytes ?? 0
    delivery.settle?.(true)
  }

  #awaitOutbox(): void {
    const outbox = this.#line?.outbox
    if (!outbox?.behind || this.#awaitsOutbox) return
    this.#awaitsOutbox = true
    outbox.whenCaughtUp(() => {
      if (this.#line?.outbox !== outbox) return
      this.#awaitsOutbox = false
      this.#pump()
    })
  }

  #runReady(): void {
    if (this.#whenReady.length === 0 || this.behind) return
    const ready = this.#whenReady
    this.#whenReady = []
    for (const run of ready) run()
  }
}
