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
import { untilGone } from './until-gone.js'

/**
 * Past so many native wildcards, interests share wider ones: a broker looks at each of them for
 * every message.
 */
const nativeWildcards = 1000

/** Somebody's interest, under the native subscription that brings it. */
interface Entry {
  readonly interest: Interest
  readonly listener: Listener
  readonly exact: boolean
  confirmed: boolean
}

/** A native subscription that somebody wants, and where it was asked for last. */
interface Wanted<N extends Native> {
  readonly native: N
  readonly entries: Set<Entry>
  asked?: { readonly at: BrokerConnection<N>; readonly subscription: NativeSubscription }
}

export interface SubscriptionsOptions<N extends Native> {
  readonly link: ReconnectingLink<BrokerConnection<N>>
  readonly nativeOf: Driver<N>['nativeOf']
  /** Whether clients may be sent a message. */
  fits(message: BrokerMessage): boolean
}

/**
 * The interests of a relay at one broker: each under the native subscription that covers it, and
 * asked for again on every new connection.
 */
export class NativeSubscriptions<N extends Native> {
  readonly #link: ReconnectingLink<BrokerConnection<N>>
  readonly #nativeOf: Driver<N>['nativeOf']
  readonly #fits: (message: BrokerMessage) => boolean
  readonly #wanted: Map<string, Wanted<N>> = new Map()
  #wildcards = 0

  constructor({ link, nativeOf, fits }: SubscriptionsOptions<N>) {
    this.#link = link
    this.#nativeOf = nativeOf
    this.#fits = fits
  }

  /** Resolves when the broker has confirmed it. Returns the undo. */
  async add(interest: Interest, listener: Listener, gone?: CancelSignal): Promise<() => Promise<void>> {
    const { native, exact } = this.#choose(interest)
    const wanted = this.#wanted.get(native.key) ?? this.#want(native)
    const entry: Entry = { interest, listener, exact, confirmed: false }
    wanted.entries.add(entry)
    try {
      await this.#confirmed(wanted, gone)
    } catch (cause) {
      void this.#remove(wanted, entry)
      throw cause
    }
    entry.confirmed = true
    return () => this.#remove(wanted, entry)
  }

  /**
   * Asks for everything on a new connection. What the broker refuses by now ends for those who had
   * it.
   */
  async restore(connection: BrokerConnection<N>): Promise<void> {
    const asked = [...this.#wanted.values()].map((wanted) =>
      this.#ask(wanted, connection).confirmed.catch((cause) => {
        if (isRefusal(cause)) this.#end(wanted, WildcastError.from(cause))
      }),
    )
    await Promise.all(asked)
  }

  #choose(interest: Interest): { native: N; exact: boolean } {
    const native = this.#nativeOf(interest)
    const full = native.wildcard && !native.single && this.#wildcards >= nativeWildcards
    if (!full || this.#wanted.has(native.key)) return { native, exact: native.exact }
    return { native: this.#nativeOf({ pattern: prefixCover(interest.pattern) }), exact: false }
  }

  #want(native: N): Wanted<N> {
    const wanted: Wanted<N> = { native, entries: new Set() }
    this.#wanted.set(native.key, wanted)
    if (native.wildcard) this.#wildcards++
    return wanted
  }

  /** At once, or at the next `up`; a connection that breaks meanwhile is no refusal. */
  async #confirmed(wanted: Wanted<N>, gone: CancelSignal | undefined): Promise<void> {
    for (let failing: BrokerConnection<N> | undefined; ; ) {
      const connection = await untilGone<BrokerConnection<N>>(gone, (resolve, reject) =>
        this.#link.whenUp(resolve, reject, failing),
      )
      try {
        await this.#ask(wanted, connection).confirmed
        return
      } catch (cause) {
        if (isRefusal(cause)) throw cause
        failing = connection
      }
    }
  }

  #ask(wanted: Wanted<N>, connection: BrokerConnection<N>): NativeSubscription {
    if (wanted.asked?.at === connection) return wanted.asked.subscription
    const subscription = connection.subscribe(wanted.native, (message, settle) => {
      // Between a link's return and `up`, and once it is lost, nothing is delivered: the gap covers
      // it, or the broker that keeps it.
      if (this.#link.connection !== connection) settle?.(false)
      else if (this.#fits(message)) hand(wanted, message, settle)
      else settle?.(true) // nobody could ever take it
    })
    wanted.asked = { at: connection, subscription }
    void subscription.ended?.then((error) => {
      if (wanted.asked?.subscription === subscription) this.#end(wanted, error)
    })
    return subscription
  }

  async #remove(wanted: Wanted<N>, entry: Entry): Promise<void> {
    if (!wanted.entries.delete(entry) || wanted.entries.size > 0) return
    this.#forget(wanted)
    await wanted.asked?.subscription.end()
  }

  #end(wanted: Wanted<N>, error: WildcastError): void {
    this.#forget(wanted)
    for (const { confirmed, listener } of wanted.entries) if (confirmed) listener.ended(error)
  }

  /** Only itself: since it ended, somebody may have asked for the same again. */
  #forget(wanted: Wanted<N>): void {
    const { key, wildcard } = wanted.native
    if (this.#wanted.get(key) !== wanted) return
    this.#wanted.delete(key)
    if (wildcard) this.#wildcards--
  }
}

function hand<N extends Native>(
  { native, entries }: Wanted<N>,
  message: BrokerMessage,
  settle: Settle | undefined,
): void {
  if (native.single) handToOne(entries, message, settle)
  else for (const entry of entries) if (belongs(entry, message)) entry.listener.deliver(message, settle)
}

/** Who got the last one stands at the end of the row. */
function handToOne(entries: Set<Entry>, message: BrokerMessage, settle: Settle | undefined): void {
  for (const entry of entries) {
    // What its wider native subscription brings too is nobody's: it is done with.
    if (!belongs(entry, message)) break
    entries.delete(entry)
    entries.add(entry)
    entry.listener.deliver(message, settle)
    return
  }
  settle?.(entries.size > 0)
}

/** A connection that ends is none. */
function isRefusal(cause: unknown): boolean {
  return WildcastError.from(cause).code !== 'broker_down'
}

function belongs({ exact, interest }: Entry, { subject }: BrokerMessage): boolean {
  return exact || matches(interest.pattern, subject as Subject)
}

/** All that begins with the pattern's first segment. */
function prefixCover(pattern: Pattern): Pattern {
  const first = pattern.split('.', 1)[0] as string
  return isExact(first as Pattern) ? parsePattern(`${first}.**`) : parsePattern('**')
}
