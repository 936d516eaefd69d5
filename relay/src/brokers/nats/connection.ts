import { type BrokerMessage, WildcastError } from '@wildcast/protocol'
import type { Msg, NatsConnection } from 'nats'
import type { BrokerRequestOptions } from '../../core/broker.js'
import { within } from '../../core/within.js'
import type { BrokerConnection, ConnectionEvents, Sink } from '../foreign/driver.js'
import type { ForeignPorts } from '../foreign/foreign-broker.js'
import { NatsRequests } from './answers.js'
import { routeServerError } from './complaints.js'
import { Confirmations } from './confirmations.js'
import { incoming, outgoing } from './message-form.js'
import { type News, newsOf } from './news.js'
import { endedBy } from './refusal.js'
import { NatsServing } from './serving.js'
import { checkLine, isInbox, type NatsNative, natsNameOf } from './subjects.js'
import { NatsSubscription } from './subscription.js'
import { NatsUnawaitedParts } from './unawaited-parts.js'

export interface ConnectionOptions extends Pick<ForeignPorts, 'clock' | 'newId'> {
  readonly nats: NatsConnection
  readonly events: ConnectionEvents
  /** Whether there is another server to go to when this one is about to leave. */
  readonly elsewhere: boolean
}

/** How long a connection that is closed waits for what it said to arrive. */
const farewellMs = 2000

/** One connection to NATS, from its first subscription to its end. */
export class ServerConnection implements BrokerConnection<NatsNative> {
  readonly #options: ConnectionOptions
  readonly #confirmations: Confirmations
  readonly #answers: NatsRequests
  readonly #serving: NatsServing
  readonly #unawaited: NatsUnawaitedParts
  readonly #subscriptions: Set<NatsSubscription> = new Set()
  #closing: Promise<void> | undefined

  constructor(options: ConnectionOptions) {
    const { nats, events, clock, newId } = options
    this.#options = options
    this.#confirmations = new Confirmations(() => nats.flush())
    this.#serving = new NatsServing({ nats, dropped: events.dropped })
    const subscribe = (native: NatsNative, take: (msg: Msg) => void): NatsSubscription => this.#subscribe(native, take)
    const tellNobodyWaits = (reply: string): void => this.#serving.tellNoResponders(reply)
    this.#answers = new NatsRequests({ clock, newId, dropped: events.dropped, subscribe, tellNobodyWaits })
    this.#unawaited = new NatsUnawaitedParts({ newId, subscribe })
    void nats.closed().then((cause) => this.#over(cause))
    void this.#listen()
  }

  subscribe(native: NatsNative, sink: Sink): NatsSubscription {
    const subscription = this.#subscribe(native, (msg) => {
      if (native.serves) this.#serving.ask(subscription, msg, sink)
      else this.#hand(msg, sink)
    })
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
    return this.#answers.to(options, (reply) => this.#send(subject, reply, message))
  }

  ping(): Promise<void> {
    return this.#confirmations.of()
  }

  close(): Promise<void> {
    this.#closing ??= this.#leave()
    return this.#closing
  }

  /**
   * What NATS says of it comes before its confirmation; what another relay says, in time for a
   * later part.
   */
  async #sendPart(subject: string, part: BrokerMessage): Promise<void> {
    this.#unawaited.check(subject)
    await this.#send(subject, this.#unawaited.replyFor(subject), part)
    this.#unawaited.check(subject)
  }

  /** Throws at once what can't be sent; resolves when the server has taken it. */
  #send(subject: string, reply: string | undefined, message: BrokerMessage): Promise<void> {
    const { nats } = this.#options
    const { info } = nats
    checkLine(subject, reply)
    const { headers, size } = outgoing(message, info?.headers)
    if (info && size > info.max_payload)
      throw new WildcastError('too_large', `the NATS server takes ${info.max_payload} bytes at most (max_payload)`)
    const confirmed = this.#confirmations.of({ kind: 'publish', subject, reply })
    // One that is closed by now will say so to all who wait.
    if (!nats.isClosed()) {
      nats.publish(subject, message.payload, {
        ...(reply === undefined ? {} : { reply }),
        ...(headers ? { headers } : {}),
      })
      if (!message.more) this.#serving.answered(subject)
    }
    return confirmed
  }

  #subscribe(native: NatsNative, take: (msg: Msg) => void): NatsSubscription {
    const subscription = new NatsSubscription(native, {
      nats: this.#options.nats,
      confirmations: this.#confirmations,
      take,
      gone: (gone) => {
        this.#subscriptions.delete(gone)
        this.#serving.left(gone)
      },
    })
    this.#subscriptions.add(subscription)
    return subscription
  }

  #hand(msg: Msg, sink: Sink): void {
    const message = incoming(msg, this.#options.events.dropped)
    if (message) sink(message)
  }

  async #listen(): Promise<void> {
    for await (const status of this.#options.nats.status()) {
      const news = newsOf(status)
      if (news) this.#heard(news)
    }
  }

  #heard(news: News): void {
    if (news.kind !== 'leaving') routeServerError(news, this.#confirmations, this.#subscriptions)
    else if (this.#options.elsewhere) void this.#moveOn()
  }

  /** What was said goes out first: a server that leaves still takes it. */
  async #moveOn(): Promise<void> {
    await this.#confirmations.of().catch(() => {}) // it has hung up already
    this.#options.events.lost(new WildcastError('broker_down', 'the NATS server is leaving (lame duck mode)'))
  }

  async #leave(): Promise<void> {
    const { nats, clock } = this.#options
    this.#answers.end(closedError())
    for (const subscription of this.#subscriptions) if (subscription.native.serves) void subscription.end()
    await within(farewellMs, this.#confirmations.of(), clock)
    await nats.close()
    this.#over(undefined)
  }

  #over(cause: unknown): void {
    const error = this.#closing !== undefined ? closedError() : endedBy(cause)
    this.#confirmations.end(error)
    this.#answers.end(error)
    this.#options.events.lost(error)
  }
}

function closedError(): WildcastError {
  return new WildcastError('broker_down', 'the link to the NATS server was closed')
}
