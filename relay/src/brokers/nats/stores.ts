import { WildcastError } from '@wildcast/protocol'
import type { NatsConnection } from 'nats'
import type { Features } from '../../core/broker.js'
import { HistoryRules } from '../../core/history-rules.js'
import { defaultStoreLimits } from '../../stores/limits.js'
import { everyFeature } from '../every-feature.js'
import type { ConnectionEvents } from '../foreign/driver.js'
import type { ForeignPorts } from '../foreign/foreign-broker.js'
import { keepsNoValues } from '../keeps-no-values.js'
import { noRules } from '../no-rules.js'
import type { NatsSettings } from '../settings.js'
import { type KeptRule, keptPrefix, keptRulesOf } from './history/kept-rules.js'
import type { NatsHistory } from './history/nats-history.js'
import { openHistory } from './history/open-history.js'
import { HeldChanges } from './values/held-changes.js'
import { JetStream } from './values/jet-stream.js'
import { jetStreamSupportOf, type WantedStreams } from './values/jet-stream-support.js'
import type { NatsValuesOptions } from './values/nats-values.js'
import { changePrefix } from './values/places.js'
import { type NatsValuesContext, ValuesStream } from './values/values-stream.js'

/** The values of a connection to a server that keeps them. */
export interface ConnectionStore extends Omit<NatsValuesOptions, 'copy' | 'held' | 'refuse'> {
  readonly held: HeldChanges
}

/** The values and messages that relays keep at a server. */
export interface ConnectionStores {
  /** Absent if it can't keep values. */
  readonly store?: ConnectionStore | undefined
  /** Absent if it can't keep messages, or if no rule names any. */
  readonly history?: NatsHistory | undefined
}

/** How long JetStream has to recover before it is asked again. */
const askAgainMs = 5000

const noTtl = 'values on NATS do not expire; leave out "ttl", and delete the value'

/** The values and the messages of a relay at NATS, over all its connections. */
export class NatsStores {
  readonly rules: HistoryRules | undefined
  readonly #ports: Pick<ForeignPorts, 'clock'>
  readonly #values: NatsValuesContext
  readonly #kept: readonly KeptRule[]
  #keepsValues: true | string = true
  #keepsMessages: true | string

  constructor({ store, history = [] }: Pick<NatsSettings, 'store' | 'history'>, ports: Pick<ForeignPorts, 'clock'>) {
    const limits = { ...defaultStoreLimits, ...store }
    const kept = keptRulesOf(history)
    this.#ports = ports
    this.#values = { limits, newest: { term: '', seq: 0 }, clock: ports.clock }
    this.#kept = typeof kept === 'string' ? [] : kept
    this.#keepsMessages = typeof kept === 'string' ? kept : kept.length > 0 || noRules
    this.rules = this.#kept.length > 0 ? new HistoryRules(history, { areApart: true }) : undefined
  }

  get features(): Pick<Features, 'retained' | 'conditional' | 'ttl' | 'presence' | 'history'> {
    return {
      ...(this.#keepsValues === true
        ? { retained: true, conditional: true, ttl: noTtl, presence: everyFeature.presence }
        : keepsNoValues(this.#keepsValues)),
      history: this.#keepsMessages,
    }
  }

  /** Finds the stores of a server. Closes the connection if that fails. */
  async at(nats: NatsConnection, events: ConnectionEvents): Promise<ConnectionStores> {
    const jetStream = new JetStream(nats)
    try {
      const store = await this.#storeAt(nats, jetStream, events)
      return { store, history: await this.#historyAt(nats, jetStream, events) }
    } catch (cause) {
      await nats.close()
      throw cause
    }
  }

  async #storeAt(
    nats: NatsConnection,
    jetStream: JetStream,
    events: ConnectionEvents,
  ): Promise<ConnectionStore | undefined> {
    const stream = new ValuesStream({ ...this.#values, nats, jetStream, failed: (cause) => events.lost(cause) })
    const wanted: WantedStreams = { what: 'values', prefix: changePrefix, find: () => stream.find() }
    this.#keepsValues = await this.#supportOf(nats, wanted, events)
    if (this.#keepsValues !== true) return undefined
    return { jetStream, stream, limits: this.#values.limits, held: new HeldChanges() }
  }

  async #historyAt(
    nats: NatsConnection,
    jetStream: JetStream,
    events: ConnectionEvents,
  ): Promise<NatsHistory | undefined> {
    const { rules } = this
    if (!rules) return undefined
    const options = { nats, jetStream, clock: this.#ports.clock, events, rules, kept: this.#kept }
    let history: NatsHistory | undefined
    const find = async (): Promise<void> => {
      history = await openHistory(options)
    }
    this.#keepsMessages = await this.#supportOf(nats, { what: 'history', prefix: keptPrefix, find }, events)
    return this.#keepsMessages === true ? history : undefined
  }

  async #supportOf(nats: NatsConnection, wanted: WantedStreams, events: ConnectionEvents): Promise<true | string> {
    const { can, isTemporary = false } = await jetStreamSupportOf(nats, wanted, this.#ports.clock)
    if (isTemporary) this.#askAgain(nats, wanted, events)
    return can
  }

  /** Connects again when JetStream works: subscribers get a gap, and the values. */
  #askAgain(nats: NatsConnection, wanted: WantedStreams, events: ConnectionEvents): void {
    const { clock } = this.#ports
    const ask = async (): Promise<void> => {
      const { can, isTemporary = false } = await jetStreamSupportOf(nats, wanted, clock)
      if (can === true) events.lost(new WildcastError('broker_down', 'JetStream at the NATS server works again'))
      else if (isTemporary) this.#askAgain(nats, wanted, events)
    }
    const stop = clock.after(askAgainMs, () => void ask().catch(() => {})) // the connection has ended
    void nats.closed().then(stop)
  }
}
