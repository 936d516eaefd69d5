import { type BrokerMessage, payloadBytes, WildcastError } from '@wildcast/protocol'
import type { Clock } from '../../core/clock.js'
import type { BrokerConnection, ConnectionEvents, NativeSubscription, Sink } from '../foreign/driver.js'
import type { RedisClient } from './client.js'
import { commandFailure } from './failures.js'
import { flush, signOfLife } from './farewell.js'
import { slotOf } from './slots.js'
import { checkBare } from './speaker.js'
import type { RedisNames, RedisNative } from './subjects.js'
import { Subscriber } from './subscriber.js'

/** The two clients of one node. */
export interface Pair {
  readonly publisher: RedisClient
  readonly listener: RedisClient
}

export interface ShardedOptions {
  readonly names: RedisNames
  /** Every node that has slots. */
  readonly pairs: readonly Pair[]
  /** Which of them has a slot. */
  pairOf(slot: number): Pair
  readonly clock: Clock
}

/**
 * Sharded channels: each lives on the node that has its slot, so there are clients to all of them.
 * The end of one is the end of all.
 */
export class ShardedConnection implements BrokerConnection<RedisNative> {
  readonly #options: ShardedOptions
  readonly #events: ConnectionEvents
  readonly #subscribers: Map<Pair, Subscriber> = new Map()
  #ended = false

  constructor(options: ShardedOptions, events: ConnectionEvents) {
    this.#options = options
    this.#events = events
    for (const pair of options.pairs) {
      this.#subscribers.set(pair, new Subscriber(pair.listener.redis, () => events.dropped('foreign_subject')))
      for (const { ended } of [pair.publisher, pair.listener]) void ended.then((cause) => this.#end(cause))
      // A slot has moved to another node, and with it the subscriptions: the next connection finds
      // them there.
      pair.listener.redis.on('moved', () =>
        this.#end(new WildcastError('broker_down', 'a slot of the cluster has moved to another node')),
      )
    }
  }

  subscribe(native: RedisNative, sink: Sink): NativeSubscription {
    if (native.kind !== 'channel') throw new TypeError(`no ${native.kind} on sharded channels`)
    const { subject } = native
    const channel = this.#options.names.channelOf(subject)
    const subscriber = this.#subscribers.get(this.#pairOf(channel)) as Subscriber
    const heard = subscriber.shard(channel, (_, payload) => sink({ subject, payload }))
    return { confirmed: heard.confirmed.catch((cause) => this.#fail(cause)), end: heard.end }
  }

  async publish(message: BrokerMessage): Promise<void> {
    checkBare(message)
    const channel = this.#options.names.channelOf(message.subject)
    const { redis } = this.#pairOf(channel).publisher
    const { buffer, byteOffset, byteLength } = payloadBytes(message.payload)
    const payload = Buffer.from(buffer, byteOffset, byteLength)
    await redis.spublish(channel, payload).catch((cause: unknown) => this.#fail(cause))
  }

  async request(): Promise<never> {
    throw new WildcastError('unsupported', 'nobody can answer on sharded channels; leave out "sharded"')
  }

  ping(): Promise<void> {
    return signOfLife(this.#clients())
  }

  async close(): Promise<void> {
    if (this.#ended) return
    await flush(this.#clients(), [], this.#options.clock)
    this.#stop()
  }

  #pairOf(channel: string): Pair {
    return this.#options.pairOf(slotOf(channel))
  }

  #fail(cause: unknown): never {
    const error = commandFailure(cause)
    if (error.code === 'broker_down') this.#end(error)
    throw error
  }

  #end(cause: unknown): void {
    if (this.#ended) return
    this.#stop()
    this.#events.lost(cause)
  }

  #stop(): void {
    this.#ended = true
    for (const client of this.#clients()) client.drop()
  }

  #clients(): RedisClient[] {
    return this.#options.pairs.flatMap(({ publisher, listener }) => [publisher, listener])
  }
}
