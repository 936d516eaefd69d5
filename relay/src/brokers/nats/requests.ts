import { type BrokerMessage, type Subject, WildcastError } from '@wildcast/protocol'
import type { Msg } from 'nats'
import type { BrokerRequestOptions, Dropped } from '../../core/broker.js'
import type { ForeignPorts } from '../foreign/foreign-broker.js'
import { type PendingReplies, replies } from '../replies.js'
import { incoming, isNoResponders } from './message-form.js'
import { isInbox, type NatsNative } from './subjects.js'
import type { NatsSubscription } from './subscription.js'

export interface RequestsPorts extends Pick<ForeignPorts, 'clock' | 'newId'> {
  dropped(why: Dropped): void
  subscribe(native: NatsNative, take: (msg: Msg) => void): NatsSubscription
  /** Notifies a responder, on the reply subject of a part, that no request awaits the part. */
  refusePart(reply: string): void
}

/**
 * The pending requests of a connection. One subscription, made with the first request, receives all
 * answers.
 */
export class NatsRequests {
  readonly #ports: RequestsPorts
  readonly #prefix: string
  readonly #replies: PendingReplies
  #inbox: NatsSubscription | undefined

  constructor(ports: RequestsPorts) {
    this.#ports = ports
    // NATS permissions grant `_INBOX.>` to requesters.
    this.#prefix = `_INBOX.${ports.newId()}`
    this.#replies = replies(ports.clock)
  }

  /** Sends a request with `send`, and resolves with the answer on its reply subject. */
  request(options: BrokerRequestOptions, send: (reply: string) => Promise<void>): Promise<BrokerMessage> {
    this.#inbox ??= this.#open()
    const reply = `${this.#prefix}.${this.#ports.newId()}` as Subject
    const answer = this.#replies.wait(reply, options)
    const fail = (cause: unknown): void => this.#replies.fail(reply, WildcastError.from(cause))
    try {
      send(reply).catch(fail)
    } catch (cause) {
      fail(cause)
    }
    return answer
  }

  /** Rejects all pending requests. */
  end(error: WildcastError): void {
    this.#replies.failAll(error)
  }

  #open(): NatsSubscription {
    const subject = `${this.#prefix}.*`
    const native = { key: subject, subjects: [subject], exact: true, wildcard: true, single: false, serves: false }
    const inbox = this.#ports.subscribe(native, (msg) => this.#take(msg))
    const lost = (cause: unknown): void => {
      if (this.#inbox === inbox) this.#inbox = undefined
      this.end(WildcastError.from(cause))
    }
    inbox.confirmed.catch(lost)
    void inbox.ended.then(lost)
    return inbox
  }

  #take(msg: Msg): void {
    if (isNoResponders(msg)) {
      const why = 'this subject has no responder; start a server with serve("…", …), or subscribe to it'
      this.#replies.fail(msg.subject as Subject, new WildcastError('no_responders', why))
      return
    }
    const answer = incoming(msg, this.#ports.dropped)
    if (!answer || this.#replies.take(answer)) return
    this.#ports.dropped('late_answer')
    if (answer.more && msg.reply && isInbox(msg.reply)) this.#ports.refusePart(msg.reply)
  }
}
