import { type BrokerInfo, type Message, WildcastError } from '@wildcast/protocol'
import type { Broker, Feature, Interest, Listener, OpenBroker, RequestOptions } from '../brokers/broker.js'
import { type BrokerLink, openLink } from './broker-link.js'
import type { Clock } from './clock.js'
import { Feed, feedKey, type Member } from './feed.js'
import type { Observer } from './observer.js'
import type { OnError } from './outlet.js'
import { type Joining, type Upstream, upstream } from './upstream.js'

/** How long an interest that nobody shares any more is kept, so that remounts and reloads cost the broker nothing. */
const lingerMs = 1000

export interface HubOptions {
  /** The brokers under their names; the first is the default. */
  readonly brokers: Readonly<Record<string, OpenBroker>>
  readonly clock: Clock
  readonly onError: OnError
  readonly observer: Observer
}

/** How a broker is. */
export interface BrokerHealth {
  readonly name: string
  readonly status: 'up' | 'down'
  /** Why it is down, in words for an operator: without secrets, but with addresses. */
  readonly cause?: string
}

/** Joins sessions to brokers: asks a broker once for each distinct interest, and fans out what comes. */
export class Hub {
  readonly #options: HubOptions
  readonly #links: Map<string, BrokerLink> = new Map()
  readonly #feeds: Map<string, Upstream> = new Map()
  /** Interests that a broker is about to forget: asking for one again waits, so that neither overtakes the other. */
  readonly #leaving: Map<string, Promise<void>> = new Map()
  readonly #default: string
  #lastId = 0

  private constructor(options: HubOptions) {
    const [first] = Object.keys(options.brokers)
    if (first === undefined)
      throw new RangeError('a relay needs a broker: pass one, such as brokers: { main: memory(…) }')
    this.#default = first
    this.#options = options
  }

  /**
   * Opens all brokers.
   * @throws {RangeError} without a broker
   */
  static async open(options: HubOptions): Promise<Hub> {
    const hub = new Hub(options)
    try {
      await hub.#connectAll()
    } catch (cause) {
      await hub.close() // those that were opened before the one that failed
      throw cause
    }
    return hub
  }

  /** Names, status and features, for `Welcome` and health. */
  brokers(): readonly BrokerInfo[] {
    return [...this.#links].map(([name, { broker, status }]) => ({
      name,
      default: name === this.#default,
      status,
      features: Object.entries(broker.features).flatMap(([feature, can]) => (can === true ? [feature] : [])),
    }))
  }

  /** Whether each broker is reached, and why not. */
  health(): readonly BrokerHealth[] {
    return [...this.#links].map(([name, { status, cause }]) => ({
      name,
      status,
      ...(cause && { cause: cause.message }),
    }))
  }

  /**
   * The name of a broker, or of the default one.
   * @throws {WildcastError} `unknown_broker`
   */
  nameOf(broker: string | undefined): string {
    const name = broker ?? this.#default
    this.#link(name)
    return name
  }

  /** @throws {WildcastError} `unsupported`, with the broker's reason */
  demand(name: string, feature: Feature): void {
    const can = this.#link(name).broker.features[feature]
    if (can !== true) throw new WildcastError('unsupported', `broker "${name}" can't do "${feature}": ${can}`)
  }

  can(name: string, feature: Feature): boolean {
    return this.#link(name).broker.features[feature] === true
  }

  /** Resolves when work on a broker has ended, well or not, or its link is lost: whatever waits for it then, the broker tells what becomes of it. Undefined while it is down. */
  untilDown(name: string, work: Promise<unknown>): Promise<void> | undefined {
    const link = this.#link(name)
    return link.status === 'up' ? link.untilDown(work) : undefined
  }

  /** As `Broker.publish`. */
  publish(name: string, message: Message): Promise<void> | undefined {
    const { observer } = this.#options
    const sent = this.#link(name).broker.publish(message)
    if (sent === undefined) {
      observer.published(name)
      return undefined
    }
    return sent.then(
      () => observer.published(name),
      (cause) => {
        observer.failed(name, WildcastError.from(cause).code)
        throw cause
      },
    )
  }

  async request(name: string, message: Message, options: RequestOptions): Promise<Message> {
    const { broker } = this.#link(name)
    if (!broker.request) throw new WildcastError('unsupported', `broker "${name}" has no request/response`)
    return broker.request(message, options)
  }

  /** Listens for the relay itself, beside all sessions. Resolves with the undo, as `Broker.subscribe`. */
  listen(name: string, interest: Interest, listener: Listener): Promise<() => Promise<void>> {
    return this.#link(name).broker.subscribe(interest, listener)
  }

  /**
   * Adds a member to a feed once the broker has confirmed it; `joined` runs before the first message.
   * @throws {WildcastError} `already_served`
   */
  join(name: string, interest: Interest, member: Member, joined: (feed: Feed) => void): Joining {
    const key = feedKey(name, interest)
    const open = this.#feeds.get(key)
    if (open && interest.serve)
      throw new WildcastError('already_served', `"${interest.pattern}" has a server already; it must leave first`)
    return (open ?? this.#openFeed(key, name, interest)).join(member, joined)
  }

  async close(): Promise<void> {
    const closing = [...this.#links].map(([name, { broker }]) =>
      broker
        .close()
        .catch((cause) => this.#options.onError(WildcastError.from(cause), { stage: 'close', broker: name })),
    )
    await Promise.all(closing)
  }

  /** All at once: none waits for another that is slow to answer. */
  async #connectAll(): Promise<void> {
    const names = Object.entries(this.#options.brokers)
    const opened = await Promise.allSettled(names.map(([name, open]) => this.#connect(name, open)))
    opened.forEach((link, i) => {
      const [name] = names[i] as [string, OpenBroker]
      if (link.status === 'fulfilled') this.#links.set(name, link.value) // in the order in which they were named
    })
    const failed = opened.find((link) => link.status === 'rejected')
    if (failed) throw failed.reason
  }

  #connect(name: string, open: OpenBroker): Promise<BrokerLink> {
    return openLink(open, { ...this.#options, name, returned: () => this.#tellGap(name) })
  }

  #link(name: string): BrokerLink {
    const link = this.#links.get(name)
    if (link) return link
    const known = [...this.#links.keys()].join(', ')
    throw new WildcastError('unknown_broker', `there is no broker of that name; there are: ${known}`)
  }

  #tellGap(broker: string): void {
    for (const { feed } of this.#feeds.values()) if (feed.broker === broker) feed.announce({ kind: 'Gap', id: feed.id })
  }

  #openFeed(key: string, name: string, interest: Interest): Upstream {
    const opened = upstream({
      feed: new Feed(++this.#lastId, name, interest),
      subscribe: (listener, gone) => this.#subscribe(key, name, interest, listener, gone),
      whenUp: (run) => this.#link(name).whenUp(run),
      clock: this.#options.clock,
      lingerMs: lingers(interest) ? lingerMs : 0,
      ended: () => this.#feeds.get(key) === opened && this.#feeds.delete(key),
      closed: (undone) => this.#forget(key, opened, undone),
      onError: this.#options.onError,
    })
    this.#feeds.set(key, opened)
    return opened
  }

  #subscribe(key: string, name: string, ...want: Parameters<Broker['subscribe']>): ReturnType<Broker['subscribe']> {
    const ask = (): ReturnType<Broker['subscribe']> => this.#link(name).broker.subscribe(...want)
    return this.#leaving.get(key)?.then(ask) ?? ask()
  }

  #forget(key: string, feed: Upstream, undone: Promise<void>): void {
    if (this.#feeds.get(key) === feed) this.#feeds.delete(key)
    const left: Promise<void> = undone.then(() => {
      if (this.#leaving.get(key) === left) this.#leaving.delete(key)
    })
    this.#leaving.set(key, left)
  }
}

/** A member or server that stays on paper would swallow messages, and nobody comes back to the subject of one answer. */
function lingers({ pattern, group, serve }: Interest): boolean {
  return group === undefined && !serve && !pattern.startsWith('response.')
}
