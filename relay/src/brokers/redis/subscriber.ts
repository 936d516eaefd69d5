import { decodeUtf8 } from '@wildcast/protocol'
import type { Redis } from 'ioredis'
import type { NativeSubscription } from '../foreign/driver.js'
import { commandFailure, redisEndedError } from './failures.js'
import { type Glob, globMatches, globText } from './glob.js'

/** Receives the messages of a channel. */
export type Receive = (channel: string, payload: Uint8Array) => void

/** Whether a receiver ignores all messages of a channel, though its glob matches it. */
export type Ignores = (channel: string) => boolean

/** One subscription at Redis, and its receivers here. */
interface Subscription {
  readonly receivers: Map<Receive, Ignores>
  readonly confirmed: Promise<void>
  isConfirmed: boolean
  readonly glob: Glob | undefined
}

/** The commands of the three kinds of subscription. */
const commands = {
  channel: ['SUBSCRIBE', 'UNSUBSCRIBE'],
  glob: ['PSUBSCRIBE', 'PUNSUBSCRIBE'],
  shard: ['SSUBSCRIBE', 'SUNSUBSCRIBE'],
} as const

type Kind = keyof typeof commands

type Subscriptions = Readonly<Record<Kind, Map<string, Subscription>>>

const none = (): Subscriptions => ({ channel: new Map(), glob: new Map(), shard: new Map() })

const ignoresNothing: Ignores = () => false

/**
 * The subscriptions of one client. Receivers of the same channel or glob share one. Redis names the
 * subscription that a message belongs to.
 */
export class Subscriber {
  readonly #redis: Redis
  readonly #notText: () => void
  readonly #active: Subscriptions = none()
  /** Messages of these still come, until Redis confirms their end. */
  readonly #ending: Subscriptions = none()

  /** @param notText called when the name of a channel isn't UTF-8 */
  constructor(redis: Redis, notText: () => void) {
    this.#redis = redis
    this.#notText = notText
    redis.on('messageBuffer', (channel: Buffer, payload: Buffer) => this.#deliverExact('channel', channel, payload))
    redis.on('smessageBuffer', (channel: Buffer, payload: Buffer) => this.#deliverExact('shard', channel, payload))
    redis.on('pmessageBuffer', (glob: string, channel: Buffer, payload: Buffer) =>
      this.#deliver('glob', glob, channel, payload),
    )
  }

  channel(name: string, receive: Receive): NativeSubscription {
    return this.#add('channel', name, receive)
  }

  shard(name: string, receive: Receive): NativeSubscription {
    return this.#add('shard', name, receive)
  }

  glob(glob: Glob, receive: Receive, ignores: Ignores = ignoresNothing): NativeSubscription {
    return this.#add('glob', globText(glob), receive, ignores, glob)
  }

  /**
   * Finds the globs that match this channel and whose receivers all ignore it. Returns a function
   * that counts those still subscribed: Redis has counted each of them as a receiver.
   */
  ignoring(channel: string): () => number {
    const allIgnore = ({ receivers }: Subscription): boolean =>
      [...receivers.values()].every((ignores) => ignores(channel))
    const found = [...this.#active.glob].filter(([, subscription]) => {
      const { glob, isConfirmed } = subscription
      return glob && isConfirmed && globMatches(glob, channel) && allIgnore(subscription)
    })
    return () => found.filter(([text, subscription]) => this.#active.glob.get(text) === subscription).length
  }

  #add(kind: Kind, name: string, receive: Receive, ignores: Ignores = ignoresNothing, glob?: Glob): NativeSubscription {
    const subscription = this.#active[kind].get(name) ?? this.#subscribe(kind, name, glob)
    const { receivers, confirmed } = subscription
    receivers.set(receive, ignores)
    return {
      confirmed,
      end: async () => {
        if (receivers.size > 1 || this.#active[kind].get(name) !== subscription) receivers.delete(receive)
        else if (receivers.has(receive)) await this.#unsubscribe(kind, name, subscription)
      },
    }
  }

  #subscribe(kind: Kind, name: string, glob: Glob | undefined): Subscription {
    const confirmed = this.#call(commands[kind][0], name)
    const subscription: Subscription = { receivers: new Map(), confirmed, isConfirmed: false, glob }
    confirmed.then(
      () => {
        subscription.isConfirmed = true
      },
      () => {
        // Refused: the next receiver tries again.
        if (this.#active[kind].get(name) === subscription) this.#active[kind].delete(name)
      },
    )
    this.#active[kind].set(name, subscription)
    return subscription
  }

  async #unsubscribe(kind: Kind, name: string, subscription: Subscription): Promise<void> {
    this.#active[kind].delete(name)
    this.#ending[kind].set(name, subscription)
    await this.#call(commands[kind][1], name).catch(() => {}) // a subscription ends with its client
    if (this.#ending[kind].get(name) === subscription) this.#ending[kind].delete(name)
  }

  async #call(command: string, name: string): Promise<void> {
    if (this.#redis.status === 'end') throw redisEndedError()
    try {
      // ioredis knows by its lower-case name that the replies of a command come as messages.
      await this.#redis.call(command.toLowerCase(), name)
    } catch (cause) {
      throw commandFailure(cause)
    }
  }

  /** Delivers a message of a channel that was subscribed by its name, so the name is UTF-8. */
  #deliverExact(kind: Kind, channel: Buffer, payload: Buffer): void {
    this.#deliver(kind, channel.toString(), channel, payload)
  }

  #deliver(kind: Kind, key: string, channel: Buffer, payload: Buffer): void {
    const subscription = this.#active[kind].get(key) ?? this.#ending[kind].get(key)
    if (!subscription) return
    const name = kind === 'glob' ? decodeUtf8(channel) : key
    if (name === undefined) {
      this.#notText()
      return
    }
    // Not the Buffer of the library: receivers get plain bytes.
    const bytes = new Uint8Array(payload.buffer, payload.byteOffset, payload.byteLength)
    for (const receive of [...subscription.receivers.keys()]) receive(name, bytes)
  }
}
