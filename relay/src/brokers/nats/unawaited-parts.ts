import type { Msg } from 'nats'
import { Unawaited } from '../unawaited.js'
import { isNoResponders } from './message-form.js'
import type { NatsNative } from './subjects.js'
import type { NatsSubscription } from './subscription.js'

export interface NatsUnawaitedPartsPorts {
  readonly newId: () => string
  subscribe(native: NatsNative, take: (msg: Msg) => void): NatsSubscription
}

/**
 * The parts of answers that no request awaits, at the responder. Each part has a reply subject, on
 * which NATS reports that the part had no subscriber. The requester's relay reports in the same
 * form that the request has ended, and so can other NATS clients.
 */
export class NatsUnawaitedParts {
  readonly #ports: NatsUnawaitedPartsPorts
  readonly #prefix: string
  readonly #known: Unawaited = new Unawaited()
  #inbox: NatsSubscription | undefined

  constructor(ports: NatsUnawaitedPartsPorts) {
    this.#ports = ports
    this.#prefix = `_INBOX.${ports.newId()}.part.`
  }

  /** Returns the reply subject for a part that is sent to this subject. */
  replyFor(subject: string): string {
    this.#inbox ??= this.#open()
    return this.#prefix + subject
  }

  /** @throws {WildcastError} `interrupted` if no request awaits an answer on this subject */
  check(subject: string): void {
    this.#known.check(subject)
  }

  #open(): NatsSubscription {
    const subject = `${this.#prefix}>`
    const native = { key: subject, subjects: [subject], exact: true, wildcard: true, single: false, serves: false }
    const inbox = this.#ports.subscribe(native, (msg) => this.#take(msg))
    inbox.confirmed.catch(() => {}) // if it is forbidden, responders send all their parts
    return inbox
  }

  #take(msg: Msg): void {
    if (isNoResponders(msg)) this.#known.add(msg.subject.slice(this.#prefix.length))
  }
}
