import { type BrokerMessage, limits, type Subject, WildcastError } from '@wildcast/protocol'
import type {
  Broker,
  BrokerEvents,
  BrokerRequestOptions,
  Features,
  Interest,
  Listener,
  OpenBroker,
} from '../../core/broker.js'
import type { CancelSignal } from '../../core/cancel.js'
import type { Clock } from '../../core/clock.js'
import type { HistoryStore } from '../../core/history-store.js'
import type { ValueStore } from '../../core/store.js'
import type { BrokerConnection, Driver, Native } from './driver.js'
import { fitsClients } from './fits-clients.js'
import { ForeignHistory } from './foreign-history.js'
import { ForeignValues } from './foreign-values.js'
import { ReconnectingLink } from './link.js'
import { Publisher } from './publisher.js'
import { NativeSubscriptions } from './subscriptions.js'

/** The clock, ids and limits of a relay, for a broker outside the process. */
export interface ForeignPorts {
  readonly clock: Clock
  /** Returns a new, unguessable ULID with each call. */
  readonly newId: () => string
  /** Bytes of the longest payload that clients may be sent. @default 1 MiB */
  readonly maxPayload?: number | undefined
  /** Bytes of values that a broker may hold while they are read. @default 256 MiB */
  readonly valueCache?: number | undefined
}

export interface ForeignOptions extends ForeignPorts {
  /** How often the link is pinged. A dead one is closed within two intervals. @default 5000 */
  readonly pingIntervalMs?: number | undefined
  /** How long publishes and requests wait for a link that is down. @default 0: they fail at once */
  readonly publishTimeoutMs?: number | undefined
}

/**
 * Opens a broker outside the process. The driver speaks its protocol; reconnecting, subscriptions
 * and the outcome of publishes are the same for all brokers.
 */
export function foreignBroker<N extends Native>(driver: Driver<N>, options: ForeignOptions): OpenBroker {
  return async (events) => {
    const broker = new ForeignBroker(driver, options, events)
    await broker.open()
    return broker
  }
}

class ForeignBroker<N extends Native> implements Broker {
  readonly #driver: Driver<N>
  readonly #clock: Clock
  readonly #events: Pick<BrokerEvents, 'dropped'>
  readonly #maxPayload: number
  readonly #link: ReconnectingLink<BrokerConnection<N>>
  readonly #subscriptions: NativeSubscriptions<N>
  readonly #publisher: Publisher
  readonly #values: ValueStore
  readonly #history: HistoryStore | undefined
  readonly #served: Set<string> = new Set()

  constructor(driver: Driver<N>, options: ForeignOptions, events: BrokerEvents) {
    const { clock, maxPayload = limits.payloadBytes, pingIntervalMs = 5000, publishTimeoutMs = 0 } = options
    this.#driver = driver
    this.#clock = clock
    this.#events = events
    this.#maxPayload = maxPayload
    this.#link = new ReconnectingLink({
      connect: (lost) => driver.connect({ lost, dropped: (why) => events.dropped(why) }),
      restore: (connection) => this.#subscriptions.restore(connection),
      ended: (connection) => this.#publisher.lost(connection),
      status: (now, cause) => events.status(now, cause),
      clock,
      pingIntervalMs,
    })
    const fits = (message: BrokerMessage): boolean => this.#fits(message)
    this.#subscriptions = new NativeSubscriptions({
      link: this.#link,
      nativeOf: (interest) => driver.nativeOf(interest),
      fits,
    })
    this.#publisher = new Publisher({ link: this.#link, clock, publishTimeoutMs })
    const ports = { link: this.#link, publisher: this.#publisher, fits }
    this.#values = new ForeignValues(ports)
    this.#history = driver.rules && new ForeignHistory(driver.rules, ports)
  }

  get features(): Features {
    return this.#driver.features
  }

  get values(): ValueStore | undefined {
    return this.features.retained === true ? this.#values : undefined
  }

  get history(): HistoryStore | undefined {
    return this.features.history === true ? this.#history : undefined
  }

  open(): Promise<void> {
    return this.#link.open()
  }

  async subscribe(interest: Interest, listener: Listener, signal?: CancelSignal): Promise<() => Promise<void>> {
    if (!interest.serve) return this.#subscriptions.add(interest, listener, signal)
    const subject = interest.pattern
    if (this.#served.has(subject)) throw new WildcastError('already_served', `"${subject}" has a server already`)
    this.#served.add(subject)
    try {
      const undo = await this.#subscriptions.add(interest, listener, signal)
      return () => undo().finally(() => this.#served.delete(subject))
    } catch (cause) {
      this.#served.delete(subject)
      throw cause
    }
  }

  publish(message: BrokerMessage): Promise<void> {
    return this.#publisher.publish(message)
  }

  async request(message: BrokerMessage, options: BrokerRequestOptions): Promise<BrokerMessage> {
    const since = this.#clock.now()
    const connection = await this.#publisher.connection(options)
    options.signal?.throwIfAborted()
    const firstMs = Math.ceil(since + options.timeoutMs - this.#clock.now())
    const onPart = options.onPart && ((part: BrokerMessage): void => void (this.#fits(part) && options.onPart?.(part)))
    const answer = await connection.request(message, { ...options, firstMs, onPart }).catch((cause: unknown) => {
      throw requestError(cause)
    })
    if (!this.#fits(answer)) throw new WildcastError('too_large', 'the answer is too large to send to the client')
    return { ...answer, subject: message.subject as Subject }
  }

  /** Whether clients may be sent a message. Others are counted. */
  #fits(message: BrokerMessage): boolean {
    const fits = fitsClients(message, this.#maxPayload)
    if (!fits) this.#events.dropped('too_large')
    return fits
  }

  close(): Promise<void> {
    return this.#link.close()
  }
}

/** Returns the error of a request. If the link broke, the request may have arrived. */
function requestError(cause: unknown): unknown {
  if (WildcastError.from(cause).code !== 'broker_down') return cause
  return new WildcastError('interrupted', 'the link to the broker broke while an answer was awaited', { cause })
}
