import { type BrokerMessage, matches, type Pattern, type Subject } from '@wildcast/protocol'
import type { Clock } from '../../../core/clock.js'
import { mqttTopics, patternOfFilter } from '../../../names/mqtt-topics.js'
import type { SubscribeEntry } from './codec/packets.js'
import { reasons } from './codec/reasons.js'
import type { MqttCounts } from './mqtt-counts.js'
import type { MqttSession } from './mqtt-session.js'

export interface SysTopicsPorts {
  readonly clock: Clock
  readonly counts: MqttCounts
  readonly version: string
  /** The number of sessions, with those whose client is away. */
  sessions(): number
}

/** A subscription to these topics. */
interface SysSubscription {
  readonly pattern: Pattern
  readonly qos: 0 | 1 | 2
}

/** How often changes are sent, in milliseconds. */
const everyMs = 10_000

/** The name under which these messages are counted: they are of no broker. */
const broker = '$SYS'

/** Whether a filter names topics of the gateway itself. */
export function isSysFilter(filter: string): boolean {
  return filter === '$SYS' || filter.startsWith('$SYS/')
}

/** The topics `$SYS/…`, which the gateway itself publishes. */
export class SysTopics {
  readonly #ports: SysTopicsPorts
  readonly #since: number
  readonly #readers: Map<MqttSession, Map<string, SysSubscription>> = new Map()
  #sent: ReadonlyMap<string, string> = new Map()
  #stopClock: (() => void) | undefined

  constructor(ports: SysTopicsPorts) {
    this.#ports = ports
    this.#since = ports.clock.now()
  }

  /** Returns the reason code of the subscription. */
  subscribe(session: MqttSession, { filter, qos, retainHandling }: SubscribeEntry): number {
    const pattern = patternOfFilter(filter)
    if (pattern === undefined) return reasons.filterInvalid
    const filters = this.#readers.get(session) ?? new Map<string, SysSubscription>()
    const isNew = !filters.has(filter)
    this.#readers.set(session, filters.set(filter, { pattern, qos }))
    this.#stopClock ??= this.#ports.clock.after(everyMs, () => this.#tick())
    if (retainHandling === 0 || (retainHandling === 1 && isNew))
      for (const [topic, text] of this.#values()) show(session, { pattern, qos }, messageOf(topic, text), true)
    return qos
  }

  /** Returns the reason code. */
  unsubscribe(session: MqttSession, filter: string): number {
    const filters = this.#readers.get(session)
    const had = filters?.delete(filter) === true
    if (filters?.size === 0) this.forget(session)
    return had ? reasons.success : reasons.noSubscriptionExisted
  }

  /** A session is over. */
  forget(session: MqttSession): void {
    this.#readers.delete(session)
    if (this.#readers.size > 0) return
    this.#stopClock?.()
    this.#stopClock = undefined
  }

  #tick(): void {
    this.#stopClock = this.#ports.clock.after(everyMs, () => this.#tick())
    const values = this.#values()
    for (const [topic, text] of values) {
      if (this.#sent.get(topic) === text) continue
      const message = messageOf(topic, text)
      for (const [session, filters] of this.#readers) {
        const best = [...filters.values()].filter(({ pattern }) => matches(pattern, message.subject as Subject))
        const [first] = best.sort((a, b) => b.qos - a.qos)
        if (first) show(session, first, message, false)
      }
    }
    this.#sent = values
  }

  #values(): ReadonlyMap<string, string> {
    const { clock, counts, version, sessions } = this.#ports
    const all = sessions()
    return new Map([
      ['$SYS/broker/version', version],
      ['$SYS/broker/uptime', `${Math.floor((clock.now() - this.#since) / 1000)} seconds`],
      ['$SYS/broker/clients/connected', String(counts.connected)],
      ['$SYS/broker/clients/disconnected', String(Math.max(0, all - counts.connected))],
      ['$SYS/broker/clients/total', String(all)],
      ['$SYS/broker/publish/messages/dropped', String(counts.dropped)],
      ['$SYS/broker/publish/messages/refused', String(counts.refused)],
    ])
  }
}

function messageOf(topic: string, payload: string): BrokerMessage {
  // Never undefined: these topics are short and plain.
  return { subject: mqttTopics.subjectOf(topic) as Subject, payload }
}

function show(session: MqttSession, { pattern }: SysSubscription, message: BrokerMessage, isReplay: boolean): void {
  if (!matches(pattern, message.subject as Subject)) return
  session.show({ message, broker, qos: 0, retain: isReplay, ids: undefined, isReplay, settle: undefined })
}
