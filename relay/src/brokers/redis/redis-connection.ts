import { type BrokerMessage, type Subject, WildcastError } from '@wildcast/protocol'
import type { BrokerRequestOptions } from '../../core/broker.js'
import type { ValueStore } from '../../core/store.js'
import type { BrokerConnection, ConnectionEvents, NativeSubscription, Sink } from '../foreign/driver.js'
import { checkRole, type StorageSupport } from './capabilities.js'
import { type ClientPair, flush, pingAll, type RedisClient } from './client.js'
import { corkPerTurn } from './cork.js'
import { commandFailure, redisEndedError } from './failures.js'
import type { Glob } from './glob.js'
import { GroupConsumers } from './group-consumers.js'
import { GrownLogs } from './grown-logs.js'
import { RedisHistory } from './history/redis-history.js'
import type { RedisContext } from './redis-context.js'
import { isAnswer, RedisPublisher } from './redis-publisher.js'
import { RedisRequests } from './redis-requests.js'
import { RedisResponders } from './redis-responders.js'
import { Scripts } from './scripts.js'
import type { ValueSupport } from './store-support.js'
import { type RedisNative, skipsReserved } from './subjects.js'
import { type Receive, Subscriber } from './subscriber.js'
import { RedisUnawaitedParts } from './unawaited-parts.js'
import type { ChangeMark } from './values/change-mark.js'
import { Echoes } from './values/echoes.js'
import { RedisValues } from './values/redis-values.js'
import { StoreScripts } from './values/store-scripts.js'
import { Terms } from './values/terms.js'

/** Notifies the connection when another server becomes the master. */
export type WatchMaster = (switched: (cause: WildcastError) => void) => { stop(): void }

export interface ConnectionParts extends ClientPair {
  readonly storage: StorageSupport
  readonly values: ValueSupport
  readonly watchMaster?: WatchMaster | undefined
}

/** Two clients: one publishes, one subscribes. When either ends, both end. */
export class RedisConnection implements BrokerConnection<RedisNative> {
  readonly values: ValueStore | undefined
  readonly history: RedisHistory | undefined
  readonly #context: RedisContext
  readonly #events: ConnectionEvents
  readonly #clients: readonly [publisher: RedisClient, listener: RedisClient]
  readonly #storage: StorageSupport
  readonly #scripts: Scripts
  readonly #subscriber: Subscriber
  readonly #publisher: RedisPublisher
  readonly #requests: RedisRequests
  readonly #unawaited: RedisUnawaitedParts
  readonly #consumers: GroupConsumers
  readonly #responders: RedisResponders
  readonly #watch: { stop(): void } | undefined
  readonly #echoes: Echoes | undefined
  #ended = false
  #pendingPings = 0

  constructor(context: RedisContext, parts: ConnectionParts, events: ConnectionEvents) {
    const { publisher, listener, storage, values, watchMaster } = parts
    const { redis } = publisher
    const scripts = new Scripts(redis)
    const dropped: ConnectionEvents['dropped'] = (why) => events.dropped(why)
    this.#context = context
    this.#events = events
    this.#clients = [publisher, listener]
    this.#storage = storage
    this.#scripts = scripts
    const marks = values.can === true ? context.marks : undefined
    const subscriber = new Subscriber({ redis: listener.redis, marks, notText: () => dropped('foreign_subject') })
    const failed = (cause: unknown): WildcastError => this.#failed(cause)
    const corkStream = corkPerTurn(redis.stream)
    const cork = (): void => {
      this.history?.flush()
      corkStream()
    }
    const shared = { ...context, redis, scripts, subscriber, cork, failed, dropped }
    this.#subscriber = subscriber
    this.#publisher = new RedisPublisher({ ...shared, scripts: storage === true ? scripts : undefined })
    this.#unawaited = new RedisUnawaitedParts(shared)
    this.#requests = new RedisRequests({
      ...shared,
      publish: (request) => this.#publishRequest(request),
      unawaited: (answerOn) => this.#unawaited.notify(answerOn),
    })
    this.#consumers = new GroupConsumers(shared)
    const answer = (message: BrokerMessage): Promise<unknown> => this.#publisher.publish(message)
    this.#responders = new RedisResponders({ ...shared, owner: context.id, answer })
    if (values.can === true) {
      const echoes = new Echoes({ ...shared, channel: values.echo, registry: context.keys.registry })
      const terms = new Terms(context.newestTerm, values.term)
      this.#echoes = echoes
      const store = new StoreScripts({ ...shared, run: publisher.info.runId, terms, echoes })
      const kept = { ...shared, store, echo: values.echo, grown: new GrownLogs() }
      this.values = new RedisValues(kept)
      if (context.rules.list.length > 0) this.history = new RedisHistory(kept)
    }
    for (const { ended } of this.#clients) void ended.then((cause) => this.#end(cause))
    this.#watch = watchMaster?.((cause) => this.#end(cause))
  }

  subscribe(native: RedisNative, sink: Sink): NativeSubscription {
    const { confirmed, ...rest } = this.#subscribe(native, sink)
    return {
      ...rest,
      confirmed: confirmed.catch((cause) => {
        throw this.#failed(cause)
      }),
    }
  }

  async publish(message: BrokerMessage): Promise<void> {
    const { subject, more } = message
    if (isAnswer(subject)) {
      if (more) this.#unawaited.check(subject)
      else this.#responders.answered(subject)
    }
    await this.#publisher.publish(message)
  }

  request(message: BrokerMessage, options: BrokerRequestOptions): Promise<BrokerMessage> {
    return this.#requests.request(message, options)
  }

  async ping(): Promise<void> {
    this.#pendingPings++
    await pingAll(this.#clients, [checkRole(this.#storage, this.#scripts, this.#context.keys)])
    this.#pendingPings--
  }

  async close(): Promise<void> {
    if (this.#ended) return
    this.history?.flush()
    // Over a silent connection nothing can be sent. The next one continues with what is pending.
    if (this.#pendingPings === 0)
      await flush(this.#clients, [this.#responders.leaveAll(), this.#consumers.leaveAll()], this.#context.clock)
    this.#stop()
  }

  #subscribe(native: RedisNative, sink: Sink): NativeSubscription {
    switch (native.kind) {
      case 'channel': {
        const { subject } = native
        const channel = this.#context.names.channelOf(subject)
        return this.#subscriber.subject(channel, (_, payload, change) => sink(messageOf(subject, payload, change)))
      }
      case 'glob':
        return this.#subscribeGlob(native.glob, sink)
      case 'group':
        return this.#storage === true ? this.#consumers.join(native, sink) : unsupported(this.#storage)
      case 'server':
        return this.#storage === true ? this.#responders.serve(native, sink) : unsupported(this.#storage)
    }
  }

  #subscribeGlob(glob: Glob, sink: Sink): NativeSubscription {
    const { names, prefix } = this.#context
    const ignores = (channel: string): boolean => skipsReserved(glob, prefix, channel)
    const receive: Receive = (channel, payload, change) => {
      if (ignores(channel)) return
      const subject = names.subjectOf(channel)
      if (subject === undefined) this.#events.dropped('foreign_subject')
      else sink(messageOf(subject, payload, change))
    }
    return this.#subscriber.pattern(glob, receive, ignores)
  }

  /**
   * Resolves with the number of possible responders, without our own subscriptions that ignore the
   * request. Undefined on a cluster: Redis counts the clients of one node only.
   */
  async #publishRequest(request: BrokerMessage): Promise<number | undefined> {
    const { names, cluster } = this.#context
    const ignoring = this.#subscriber.ignoring(names.channelOf(request.subject))
    const { clients, groups } = await this.#publisher.publish(request)
    return cluster ? undefined : clients + groups - ignoring()
  }

  /** Ends the connection if it is of no more use after this failure. Returns the error to throw. */
  #failed(cause: unknown): WildcastError {
    const error = commandFailure(cause)
    if (error.code === 'broker_down') this.#end(error)
    return error
  }

  /** Ends the connection without a call of `close`. */
  #end(cause: unknown): void {
    if (this.#ended) return
    this.#stop()
    this.#events.lost(cause)
  }

  #stop(): void {
    this.#ended = true
    this.#responders.stop()
    this.#consumers.stop()
    this.#requests.failAll(redisEndedError())
    this.#watch?.stop()
    this.#echoes?.end()
    for (const client of this.#clients) client.drop()
  }
}

function messageOf(subject: Subject, payload: Uint8Array, change: ChangeMark['fields'] | undefined): BrokerMessage {
  return change ? { subject, payload, ...change } : { subject, payload }
}

function unsupported(why: string): NativeSubscription {
  const error = new WildcastError('unsupported', `Redis can't do that here: ${why}`)
  return { confirmed: Promise.reject(error), end: async () => {} }
}
