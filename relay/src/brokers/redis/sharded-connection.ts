import { type BrokerMessage, payloadBytes, WildcastError } from '@wildcast/protocol'
import type { Clock } from '../../core/clock.js'
import type { BrokerConnection, ConnectionEvents, NativeSubscription, Sink } from '../foreign/driver.js'
import { type ClientPair, flush, pingAll, type RedisClient } from './client.js'
import { commandFailure } from './failures.js'
import { checkBare } from './redis-publisher.js'
import { slotOf } from './slots.js'
import type { RedisNames, RedisNative } from './subjects.js'
import { Subscriber } from './subscriber.js'

export interface ShardedOptions {
  readonly names: RedisNames
  /** One for each node that has slots. */
  readonly pairs: readonly ClientPair[]
  /** The clients of the node that has a slot. */
  pairOf(slot: number): ClientPair
  readonly clock: Clock
}

/**
 * Sharded channels: the node that has the slot of a channel serves it, so there are clients of
 * every node. When one ends, all end.
 */
export class ShardedConnection implements BrokerConnection<RedisNative> {
  readonly #options: ShardedOptions
  readonly #events: ConnectionEvents
  readonly #subscribers: Map<ClientPair, Subscriber> = new Map()
  #ended = false

  constructor(options: ShardedOptions, events: ConnectionEvents) {
    this.#options = options
    this.#events = events
    for (const pair of options.pairs) {
      this.#subscribers.set(
        pair,
        new Subscriber({
          redis: pair.listener.redis,
          marks: undefined,
          notText: () => events.dropped('foreign_subject'),
        }),
      )
      for (const { ended } of [pair.publisher, pair.listener]) void ended.then((cause) => this.#end(cause))
      // A slot has moved to another node with its subscriptions: the next connection subscribes
      // there.
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
    const { confirmed, end } = subscriber.shard(channel, (_, payload) => sink({ subject, payload }))
    return { confirmed: confirmed.catch((cause) => this.#fail(cause)), end }
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
    throw new WildcastError('unsupported', 'sharded channels carry no answers; leave out "sharded"')
  }

  ping(): Promise<void> {
    return pingAll(this.#clients())
  }

  async close(): Promise<void> {
    if (this.#ended) return
    await flush(this.#clients(), [], this.#options.clock)
    this.#stop()
  }

  #pairOf(channel: string): ClientPair {
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
