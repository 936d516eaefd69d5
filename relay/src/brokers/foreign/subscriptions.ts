import {
  type BrokerMessage,
  isExact,
  matches,
  type Pattern,
  parsePattern,
  type Subject,
  WildcastError,
} from '@wildcast/protocol'
import type { Interest, Listener, Settle } from '../../core/broker.js'
import type { CancelSignal } from '../../core/cancel.js'
import type { BrokerConnection, Driver, Native, NativeSubscription } from './driver.js'
import type { ReconnectingLink } from './link.js'
import { untilAborted } from './until-aborted.js'

/**
 * Beyond this number of native wildcards, interests share wider ones: each costs the broker time.
 */
const mostWildcards = 1000

/** An interest of the relay, under its native subscription. */
interface Entry {
  readonly interest: Interest
  readonly listener: Listener
  readonly exact: boolean
  confirmed: boolean
}

/** A native subscription that interests share. `current` is that of the newest connection. */
interface Shared<N extends Native> {
  readonly native: N
  readonly entries: Set<Entry>
  current?: { readonly at: BrokerConnection<N>; readonly subscription: NativeSubscription }
}

export interface SubscriptionsOptions<N extends Native> {
  readonly link: ReconnectingLink<BrokerConnection<N>>
  readonly nativeOf: Driver<N>['nativeOf']
  /** Whether clients may be sent a message. */
  fits(message: BrokerMessage): boolean
}

/**
 * The interests of a relay at one broker, each under the native subscription that covers it. Each
 * new connection subscribes them again.
 */
export class NativeSubscriptions<N extends Native> {
  readonly #link: ReconnectingLink<BrokerConnection<N>>
  readonly #nativeOf: Driver<N>['nativeOf']
  readonly #fits: (message: BrokerMessage) => boolean
  readonly #shared: Map<string, Shared<N>> = new Map()
  #wildcards = 0

  constructor({ link, nativeOf, fits }: SubscriptionsOptions<N>) {
    this.#link = link
    this.#nativeOf = nativeOf
    this.#fits = fits
  }

  /** Resolves with the undo when the broker has confirmed the interest. */
  async add(interest: Interest, listener: Listener, signal?: CancelSignal): Promise<() => Promise<void>> {
    const { native, exact } = this.#choose(interest)
    const shared = this.#shared.get(native.key) ?? this.#create(native)
    const entry: Entry = { interest, listener, exact, confirmed: false }
    shared.entries.add(entry)
    try {
      await this.#confirmed(shared, signal)
    } catch (cause) {
      void this.#remove(shared, entry)
      throw cause
    }
    entry.confirmed = true
    return () => this.#remove(shared, entry)
  }

  /**
   * Subscribes everything on a new connection. If the broker refuses an interest, that one ends.
   */
  async restore(connection: BrokerConnection<N>): Promise<void> {
    const confirmed = [...this.#shared.values()].map((shared) =>
      this.#subscribe(shared, connection).confirmed.catch((cause) => {
        if (isRefusal(cause)) this.#end(shared, WildcastError.from(cause))
      }),
    )
    await Promise.all(confirmed)
  }

  #choose(interest: Interest): { native: N; exact: boolean } {
    const native = this.#nativeOf(interest)
    const full = native.wildcard && !native.single && this.#wildcards >= mostWildcards
    if (!full || this.#shared.has(native.key)) return { native, exact: native.exact }
    return { native: this.#nativeOf({ pattern: prefixCover(interest.pattern) }), exact: false }
  }

  #create(native: N): Shared<N> {
    const shared: Shared<N> = { native, entries: new Set() }
    this.#shared.set(native.key, shared)
    if (native.wildcard) this.#wildcards++
    return shared
  }

  /**
   * Subscribes at once or at the next `up`. If the connection breaks meanwhile, on the next one.
   */
  async #confirmed(shared: Shared<N>, signal: CancelSignal | undefined): Promise<void> {
    for (let failing: BrokerConnection<N> | undefined; ; ) {
      const connection = await untilAborted<BrokerConnection<N>>(signal, (resolve, reject) =>
        this.#link.whenUp(resolve, reject, failing),
      )
      try {
        await this.#subscribe(shared, connection).confirmed
        return
      } catch (cause) {
        if (isRefusal(cause)) throw cause
        failing = connection
      }
    }
  }

  #subscribe(shared: Shared<N>, connection: BrokerConnection<N>): NativeSubscription {
    if (shared.current?.at === connection) return shared.current.subscription
    const subscription = connection.subscribe(shared.native, (message, settle) => {
      // Nothing is delivered before `up`, or after the loss: the gap covers it, or the broker
      // delivers it again.
      if (this.#link.connection !== connection) settle?.(false)
      else if (this.#fits(message)) deliver(shared, message, settle)
      else settle?.(true) // no client can be sent it
    })
    shared.current = { at: connection, subscription }
    void subscription.ended?.then((error) => {
      if (shared.current?.subscription === subscription) this.#end(shared, error)
    })
    return subscription
  }

  async #remove(shared: Shared<N>, entry: Entry): Promise<void> {
    if (!shared.entries.delete(entry) || shared.entries.size > 0) return
    this.#drop(shared)
    await shared.current?.subscription.end()
  }

  #end(shared: Shared<N>, error: WildcastError): void {
    this.#drop(shared)
    for (const { confirmed, listener } of shared.entries) if (confirmed) listener.ended(error)
  }

  /** Removes it, but not a newer one with its key, which was added after it ended. */
  #drop(shared: Shared<N>): void {
    const { key, wildcard } = shared.native
    if (this.#shared.get(key) !== shared) return
    this.#shared.delete(key)
    if (wildcard) this.#wildcards--
  }
}

function deliver<N extends Native>(
  { native, entries }: Shared<N>,
  message: BrokerMessage,
  settle: Settle | undefined,
): void {
  if (native.single) deliverToOne(entries, message, settle)
  else for (const entry of entries) if (isMatch(entry, message)) entry.listener.deliver(message, settle)
}

/** Delivers to the first entry, and moves it to the end. */
function deliverToOne(entries: Set<Entry>, message: BrokerMessage, settle: Settle | undefined): void {
  for (const entry of entries) {
    // A wider native subscription delivers other messages too: those are settled as taken.
    if (!isMatch(entry, message)) break
    entries.delete(entry)
    entries.add(entry)
    entry.listener.deliver(message, settle)
    return
  }
  settle?.(entries.size > 0)
}

/** The end of a connection is no refusal. */
function isRefusal(cause: unknown): boolean {
  return WildcastError.from(cause).code !== 'broker_down'
}

function isMatch({ exact, interest }: Entry, { subject }: BrokerMessage): boolean {
  return exact || matches(interest.pattern, subject as Subject)
}

/** Returns the pattern of all subjects with the first segment of this one. */
function prefixCover(pattern: Pattern): Pattern {
  const first = pattern.split('.', 1)[0] as string
  return isExact(first as Pattern) ? parsePattern(`${first}.**`) : parsePattern('**')
}
