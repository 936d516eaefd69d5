import { WildcastError } from '@wildcast/protocol'
import type { Subscribe } from '../../../core/commands.js'
import { mqttTopics, patternOfFilter } from '../../../names/mqtt-topics.js'
import type { ServerPacket, SubscribeEntry, SubscribePacket, UnsubscribePacket } from './codec/packets.js'
import { reasons } from './codec/reasons.js'
import { parseSharedFilter } from './codec/topics.js'
import type { MqttSession } from './mqtt-session.js'
import { isClosedTopic } from './publish-command.js'
import { reasonOfError } from './reason-of-error.js'
import type { MqttSubscription } from './subscriptions.js'
import { isSysFilter, type SysTopics } from './sys-topics.js'

export interface SubscribingPorts {
  readonly session: MqttSession
  readonly sys: SysTopics
  /** Whether the broker keeps values. */
  canRetain(): boolean
  /** Whether the connection is still open. */
  readonly isOpen: () => boolean
  send(packet: ServerPacket): void
}

/** A filter, and how the relay subscribes to it. */
interface Wanted {
  readonly subscription: MqttSubscription
  readonly group: string | undefined
}

/** Subscribes and unsubscribes for a client, packet by packet in their order. */
export class MqttSubscribing {
  readonly #ports: SubscribingPorts
  /** Set while a packet is handled; later ones wait. */
  #handled: Promise<void> | undefined
  #pending = 0

  constructor(ports: SubscribingPorts) {
    this.#ports = ports
  }

  subscribe({ id, entries, properties }: SubscribePacket): void {
    this.#inTurn(async () => {
      const granted = entries.map((entry) => this.#grant(entry, properties.subscriptionIds?.[0]))
      const found = await Promise.all(granted)
      this.#send({ type: 'suback', id, reasons: found, properties: {} })
    })
  }

  unsubscribe({ id, filters }: UnsubscribePacket): void {
    this.#inTurn(async () => {
      const found = filters.map((filter) => this.#leave(filter))
      this.#send({ type: 'unsuback', id, reasons: found, properties: {} })
    })
  }

  /** Resolves when every packet is answered. */
  async whenAnswered(): Promise<void> {
    await this.#handled
  }

  #inTurn(run: () => Promise<void>): void {
    this.#pending++
    const begun = this.#handled === undefined ? run() : this.#handled.then(run)
    const done = begun.finally(() => {
      if (--this.#pending === 0) this.#handled = undefined
    })
    this.#handled = done
  }

  #send(packet: ServerPacket): void {
    if (this.#ports.isOpen()) this.#ports.send(packet)
  }

  /** Returns the reason of one entry. */
  async #grant(entry: SubscribeEntry, id: number | undefined): Promise<number> {
    const { session, sys } = this.#ports
    if (isSysFilter(entry.filter)) return sys.subscribe(session, entry)
    const wanted = wantedOf(entry, id)
    if (typeof wanted === 'number') return wanted
    try {
      await this.#join(wanted, this.#wantsValues(entry, wanted))
      return entry.qos
    } catch (cause) {
      return reasonOfError(WildcastError.from(cause), 'subscribe')
    }
  }

  /** Retain handling (MQTT 5, 3.8.3.1). A shared subscription receives no values. */
  #wantsValues({ retainHandling, filter }: SubscribeEntry, { group }: Wanted): boolean {
    const isNew = this.#ports.session.subscriptions.of(filter) === undefined
    return this.#ports.canRetain() && group === undefined && (retainHandling === 0 || (retainHandling === 1 && isNew))
  }

  #join({ subscription, group }: Wanted, values: boolean): Promise<void> {
    const { session } = this.#ports
    const want: Subscribe = {
      subject: subscription.pattern,
      group,
      retained: values ? 0 : undefined,
      answers: group === undefined,
    }
    return session.session.subscribe(want, (entered) => session.subscriptions.set(entered.id, subscription))
  }

  #leave(filter: string): number {
    const { session, sys } = this.#ports
    if (isSysFilter(filter)) return sys.unsubscribe(session, filter)
    const subscribed = session.subscriptions.of(filter)
    if (!subscribed) return reasons.noSubscriptionExisted
    session.subscriptions.delete(subscribed)
    session.session.unsubscribe(subscribed.feed)
    return reasons.success
  }
}

/** Returns what an entry asks for, or the reason why it is refused. */
function wantedOf(entry: SubscribeEntry, id: number | undefined): Wanted | number {
  const { filter, qos, noLocal, retainAsPublished } = entry
  const shared = parseSharedFilter(filter)
  const own = shared?.filter ?? filter
  if (isClosedTopic(own)) return reasons.notAuthorized
  const pattern = patternOfFilter(own)
  const group = shared && mqttTopics.subjectOf(shared.shareName)
  if (pattern === undefined || (shared && group === undefined)) return reasons.filterInvalid
  const isShared = shared !== undefined
  return { subscription: { filter, pattern, isShared, qos, noLocal, retainAsPublished, id }, group }
}
