import type { Msg, NatsConnection } from 'nats'
import type { Dropped } from '../../core/broker.js'
import type { Sink } from '../foreign/driver.js'
import { OwedAnswers } from '../owed-answers.js'
import { incoming, noRespondersHeaders } from './message-form.js'
import { checked } from './subjects.js'

export interface ServingPorts {
  readonly nats: NatsConnection
  dropped(why: Dropped): void
}

/**
 * Delivers requests to the responders of a connection. When a responder leaves, its requesters are
 * notified.
 */
export class NatsServing {
  readonly #ports: ServingPorts
  readonly #owed: OwedAnswers<object> = new OwedAnswers(async (reply) => this.sendNoResponders(reply))

  constructor(ports: ServingPorts) {
    this.#ports = ports
  }

  /**
   * Delivers a message if it has a reply subject. One without is a publish, which is for
   * subscribers.
   */
  deliver(responder: object, msg: Msg, sink: Sink): void {
    const request = this.#read(msg)
    if (request && this.#owed.ask(responder, msg.reply)) sink(request)
  }

  answered(reply: string): void {
    this.#owed.answered(reply)
  }

  left(responder: object): void {
    void this.#owed.leave(responder)
  }

  /**
   * Replies as the NATS server does if a subject has no subscriber: all NATS clients understand
   * that.
   */
  sendNoResponders(reply: string): void {
    const { nats } = this.#ports
    if (nats.info?.headers) nats.publish(checked(reply), undefined, { headers: noRespondersHeaders() })
  }

  #read(msg: Msg): ReturnType<typeof incoming> {
    if (!msg.reply) return undefined
    const request = incoming(msg, this.#ports.dropped)
    return request?.responseSubject === undefined ? undefined : request
  }
}
