import { type BrokerMessage, type Subject, WildcastError } from '@wildcast/protocol'
import type { Msg, NatsConnection } from 'nats'
import type { BrokerRequestOptions } from '../../core/broker.js'
import { within } from '../../core/within.js'
import type { BrokerConnection, ConnectionEvents, Sink } from '../foreign/driver.js'
import type { ForeignPorts } from '../foreign/foreign-broker.js'
import { Confirmations } from './confirmations.js'
import { answersReason, type NatsHistory, noValueReason } from './history/nats-history.js'
import { incoming, outgoing } from './message-form.js'
import { endedBy } from './refusal.js'
import { NatsRequests } from './requests.js'
import { routeServerError } from './route-server-error.js'
import { type NatsServerEvent, serverEventOf } from './server-event.js'
import { NatsServing } from './serving.js'
import type { ConnectionStores } from './stores.js'
import { checkLine, isInbox, type NatsNative, natsNameOf } from './subjects.js'
import { NatsSubscription } from './subscription.js'
import { NatsUnawaitedParts } from './unawaited-parts.js'
import { ChangeReceiver } from './values/change-receiver.js'
import { NatsValues } from './values/nats-values.js'

export interface ConnectionOptions extends Pick<ForeignPorts, 'clock' | 'newId'>, ConnectionStores {
  readonly nats: NatsConnection
  readonly events: ConnectionEvents
  /** Whether the settings name another server, for when this one is about to leave. */
  readonly hasOtherServer: boolean
}

/** How long a connection that is closed waits for the confirmation of its last commands. */
const flushMs = 2000

/** One connection to NATS. */
export class ServerConnection implements BrokerConnection<NatsNative> {
  readonly values: NatsValues | undefined
  readonly history: NatsHistory | undefined
  readonly #options: ConnectionOptions
  readonly #confirmations: Confirmations
  readonly #requests: NatsRequests
  readonly #serving: NatsServing
  readonly #unawaited: NatsUnawaitedParts
  readonly #subscriptions: Set<NatsSubscription> = new Set()
  #closing: Promise<void> | undefined

  constructor(options: ConnectionOptions) {
    const { nats, events, clock, newId, store, history } = options
    this.#options = options
    this.history = history
    const refuse = (subject: Subject): string | undefined =>
      history?.keeps(subject) ? noValueReason(subject) : undefined
    this.values = store && new NatsValues({ ...store, refuse, copy: (change) => this.#copy(change) })
    this.#confirmations = new Confirmations(() => nats.flush())
    this.#serving = new NatsServing({ nats, dropped: events.dropped })
    const subscribe = (native: NatsNative, take: (msg: Msg) => void): NatsSubscription => this.#subscribe(native, take)
    const refusePart = (reply: string): void => this.#serving.sendNoResponders(reply)
    this.#requests = new NatsRequests({ clock, newId, dropped: events.dropped, subscribe, refusePart })
    this.#unawaited = new NatsUnawaitedParts({ newId, subscribe })
    void nats.closed().then((cause) => this.#finish(cause))
    void this.#readEvents()
  }

  subscribe(native: NatsNative, sink: Sink): NatsSubscription {
    const changes = native.single ? undefined : this.#changesOf(native, sink)
    // One of a group receives kept messages as all others: without a position.
    const history = native.single ? undefined : this.history
    const endKept = history?.add(native.subjects, sink)
    const subjects = history?.uncovered(native.subjects) ?? native.subjects
    const take = (msg: Msg): void => {
      if (native.serves) this.#serving.deliver(subscription, msg, sink)
      else this.#deliver(msg, sink, { changes: changes !== undefined, kept: history })
    }
    const subscription = this.#subscribe({ ...native, subjects }, take, changes, endKept)
    return subscription
  }

  async publish(message: BrokerMessage): Promise<void> {
    const { responseSubject, more } = message
    const subject = natsNameOf(message.subject)
    if (more && isInbox(subject)) return this.#sendPart(subject, message)
    await this.#send(subject, responseSubject === undefined ? undefined : natsNameOf(responseSubject), message)
  }

  async request(message: BrokerMessage, options: BrokerRequestOptions): Promise<BrokerMessage> {
    const subject = natsNameOf(message.subject)
    if (this.history?.keeps(message.subject)) throw new WildcastError('unsupported', answersReason)
    return this.#requests.request(options, (reply) => this.#send(subject, reply, message))
  }

  ping(): Promise<void> {
    return this.#confirmations.of()
  }

  close(): Promise<void> {
    this.#closing ??= this.#leave()
    return this.#closing
  }

  /**
   * A refusal of NATS arrives before the confirmation of the part, that of another relay before a
   * later part.
   */
  async #sendPart(subject: string, part: BrokerMessage): Promise<void> {
    this.#unawaited.check(subject)
    await this.#send(subject, this.#unawaited.replyFor(subject), part)
    this.#unawaited.check(subject)
  }

  /** Throws if the message can't be sent. Resolves when the server has accepted it. */
  #send(subject: string, reply: string | undefined, message: BrokerMessage): Promise<void> {
    const { nats } = this.#options
    const { info } = nats
    checkLine(subject, reply)
    const { headers, size } = outgoing(message, info?.headers)
    if (info && size > info.max_payload)
      throw new WildcastError('too_large', `the NATS server accepts ${info.max_payload} bytes at most (max_payload)`)
    const confirmed = this.#confirmations.of({ kind: 'publish', subject, reply })
    // The end of a closed connection rejects the confirmation.
    if (!nats.isClosed()) {
      nats.publish(subject, message.payload, {
        ...(reply === undefined ? {} : { reply }),
        ...(headers ? { headers } : {}),
      })
      if (!message.more) this.#serving.answered(subject)
    }
    return confirmed
  }

  #subscribe(
    native: NatsNative,
    take: (msg: Msg) => void,
    changes?: ChangeReceiver,
    ended?: () => void,
  ): NatsSubscription {
    const subscription = new NatsSubscription(native, {
      changes,
      nats: this.#options.nats,
      confirmations: this.#confirmations,
      take,
      closed: (closed) => {
        ended?.()
        this.#subscriptions.delete(closed)
        this.#serving.left(closed)
      },
    })
    this.#subscriptions.add(subscription)
    return subscription
  }

  /** Leaves out what comes in another way: copies of changes, and messages that are kept. */
  #deliver(msg: Msg, sink: Sink, others: { readonly changes: boolean; readonly kept: NatsHistory | undefined }): void {
    const message = incoming(msg, this.#options.events.dropped)
    if (!message || (others.changes && message.revision !== undefined)) return
    if (!others.kept?.keeps(message.subject)) sink(message)
  }

  #changesOf({ subjects }: NatsNative, sink: Sink): ChangeReceiver | undefined {
    const { clock, events, store } = this.#options
    return store && new ChangeReceiver(subjects, { ...store, clock, dropped: events.dropped, sink })
  }

  /**
   * The value is stored, and relays have received it: only programs without Wildcast miss a copy
   * that NATS does not take. Its log names the permission that is missing.
   */
  #copy(change: BrokerMessage): void {
    const sent = async (): Promise<void> => this.#send(natsNameOf(change.subject), undefined, change)
    sent().catch(() => {})
  }

  async #readEvents(): Promise<void> {
    for await (const status of this.#options.nats.status()) {
      const event = serverEventOf(status)
      if (event) this.#handle(event)
    }
  }

  #handle(event: NatsServerEvent): void {
    if (event.kind !== 'leaving') routeServerError(event, this.#confirmations, this.#subscriptions)
    else if (this.#options.hasOtherServer) void this.#changeServer()
  }

  /** Flushes first: a server that leaves still accepts commands. */
  async #changeServer(): Promise<void> {
    await this.#confirmations.of().catch(() => {}) // the server has closed the connection already
    this.#options.events.lost(new WildcastError('broker_down', 'the NATS server is leaving (lame duck mode)'))
  }

  async #leave(): Promise<void> {
    const { nats, clock } = this.#options
    this.#requests.end(closedError())
    for (const subscription of this.#subscriptions) if (subscription.native.serves) void subscription.end()
    await within(flushMs, this.#confirmations.of(), clock)
    await nats.close()
    this.#finish(undefined)
  }

  #finish(cause: unknown): void {
    const error = this.#closing !== undefined ? closedError() : endedBy(cause)
    this.history?.end()
    this.#confirmations.end(error)
    this.#requests.end(error)
    this.#options.events.lost(error)
  }
}

function closedError(): WildcastError {
  return new WildcastError('broker_down', 'the link to the NATS server was closed')
}
