import { type BrokerMessage, WildcastError } from '@wildcast/protocol'
import type { BrokerRequestOptions } from '../../core/broker.js'
import type { Clock } from '../../core/clock.js'
import type { BrokerConnection, ConnectionEvents, NativeSubscription, Sink } from '../foreign/driver.js'
import type { RedisClient } from './client.js'
import { commandFailure, redisEndedError } from './failures.js'
import { flush, signOfLife } from './farewell.js'
import type { Keeps } from './features.js'
import type { Glob } from './glob.js'
import { Groups } from './groups.js'
import type { Keys } from './keys.js'
import type { GroupConsumer } from './member.js'
import { Questions } from './questions.js'
import { sameRole } from './role.js'
import { Scripts } from './script.js'
import { Servers } from './servers.js'
import { isAnswer, RedisPublisher } from './speaker.js'
import { isDeafTo, type RedisNames, type RedisNative } from './subjects.js'
import { Subscriber } from './subscriber.js'
import type { Terms } from './terms.js'
import { RedisUnawaitedParts } from './unawaited-parts.js'

/** What outlives a connection. */
export interface RedisContext {
  /** Its name at Redis. */
  readonly id: string
  readonly prefix: string
  readonly cluster: boolean
  readonly names: RedisNames
  readonly keys: Keys
  readonly terms: Terms
  readonly clock: Clock
  readonly newId: () => string
  /** Its part in each group. */
  readonly members: Map<string, GroupConsumer>
}

export interface ConnectionParts {
  readonly publisher: RedisClient
  readonly listener: RedisClient
  readonly keeps: Keeps
  /** Looks out for another master, where somebody tells. */
  readonly watch?: ((switched: (cause: WildcastError) => void) => { stop(): void }) | undefined
}

/** Two clients, one that publishes and one that listens. The end of either is the end of both. */
export class RedisConnection implements BrokerConnection<RedisNative> {
  readonly #relay: RedisContext
  readonly #events: ConnectionEvents
  readonly #clients: readonly [publisher: RedisClient, listener: RedisClient]
  readonly #keeps: Keeps
  readonly #scripts: Scripts
  readonly #subscriber: Subscriber
  readonly #speaker: RedisPublisher
  readonly #questions: Questions
  readonly #unawaited: RedisUnawaitedParts
  readonly #groups: Groups
  readonly #servers: Servers
  readonly #watch: { stop(): void } | undefined
  #ended = false
  #pingsOwed = 0

  constructor(relay: RedisContext, { publisher, listener, keeps, watch }: ConnectionParts, events: ConnectionEvents) {
    const { redis } = publisher
    const scripts = new Scripts(redis)
    const failed = (cause: WildcastError): void => this.#end(cause)
    const dropped: ConnectionEvents['dropped'] = (why) => events.dropped(why)
    this.#relay = relay
    this.#events = events
    this.#clients = [publisher, listener]
    this.#keeps = keeps
    this.#scripts = scripts
    this.#subscriber = new Subscriber(listener.redis, () => dropped('foreign_subject'))
    const parts = { ...relay, redis, scripts, subscriber: this.#subscriber, failed, dropped }
    this.#speaker = new RedisPublisher({ ...parts, scripts: keeps === true ? scripts : undefined })
    this.#unawaited = new RedisUnawaitedParts(parts)
    this.#questions = new Questions({
      ...parts,
      publish: (question) => this.#question(question),
      tellNobodyWaits: (answerOn) => this.#unawaited.tell(answerOn),
    })
    this.#groups = new Groups(parts)
    this.#servers = new Servers({ ...parts, owner: relay.id, answer: (message) => this.#speaker.say(message) })
    for (const { ended } of this.#clients) void ended.then((cause) => this.#end(cause))
    this.#watch = watch?.(failed)
  }

  subscribe(native: RedisNative, sink: Sink): NativeSubscription {
    const { confirmed, ...rest } = this.#ask(native, sink)
    return { ...rest, confirmed: confirmed.catch((cause) => this.#fail(cause)) }
  }

  async publish(message: BrokerMessage): Promise<void> {
    const { subject, more } = message
    if (isAnswer(subject)) {
      if (more) this.#unawaited.check(subject)
      else this.#servers.answered(subject)
    }
    await this.#speaker.say(message)
  }

  request(message: BrokerMessage, options: BrokerRequestOptions): Promise<BrokerMessage> {
    return this.#questions.ask(message, options)
  }

  async ping(): Promise<void> {
    this.#pingsOwed++
    await signOfLife(this.#clients, [sameRole(this.#keeps, this.#scripts, this.#relay.keys)])
    this.#pingsOwed--
  }

  async close(): Promise<void> {
    if (this.#ended) return
    // Over a link that is silent nothing can be said any more, and the next one goes on with what
    // is held there.
    if (this.#pingsOwed === 0)
      await flush(this.#clients, [this.#servers.leaveAll(), this.#groups.leaveAll()], this.#relay.clock)
    this.#stop()
  }

  #ask(native: RedisNative, sink: Sink): NativeSubscription {
    switch (native.kind) {
      case 'channel': {
        const { subject } = native
        const channel = this.#relay.names.channelOf(subject)
        return this.#subscriber.channel(channel, (_, payload) => sink({ subject, payload }))
      }
      case 'glob':
        return this.#hearMany(native.glob, sink)
      case 'group':
        return this.#keeps === true ? this.#groups.join(native, sink) : refused(this.#keeps)
      case 'server':
        return this.#keeps === true ? this.#servers.serve(native, sink) : refused(this.#keeps)
    }
  }

  #hearMany(glob: Glob, sink: Sink): NativeSubscription {
    const { names, prefix } = this.#relay
    const isDeaf = (channel: string): boolean => isDeafTo(glob, prefix, channel)
    const hear = (channel: string, payload: Uint8Array): void => {
      if (isDeaf(channel)) return
      const subject = names.subjectOf(channel)
      if (subject === undefined) this.#events.dropped('foreign_subject')
      else sink({ subject, payload })
    }
    return this.#subscriber.glob(glob, hear, isDeaf)
  }

  /**
   * How many may answer a question: not those of our own subscriptions that never do. Undefined
   * where Redis does not know of all.
   */
  async #question(question: BrokerMessage): Promise<number | undefined> {
    const { names, cluster } = this.#relay
    const deaf = this.#subscriber.deaf(names.channelOf(question.subject))
    const { clients, groups } = await this.#speaker.say(question)
    return cluster ? undefined : clients + groups - deaf()
  }

  #fail(cause: unknown): never {
    const error = commandFailure(cause)
    if (error.code === 'broker_down') this.#end(error)
    throw error
  }

  /** It has ended by itself. */
  #end(cause: unknown): void {
    if (this.#ended) return
    this.#stop()
    this.#events.lost(cause)
  }

  #stop(): void {
    this.#ended = true
    this.#servers.stop()
    this.#groups.stop()
    this.#questions.failAll(redisEndedError())
    this.#watch?.stop()
    for (const client of this.#clients) client.drop()
  }
}

function refused(why: string): NativeSubscription {
  const error = new WildcastError('unsupported', `Redis can't do that here: ${why}`)
  return { confirmed: Promise.reject(error), end: async () => {} }
}
