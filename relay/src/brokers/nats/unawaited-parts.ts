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
 * Answers in parts, as their responder sees them. Each part bears a reply subject, on which NATS
 * says that nobody listens where it went, and the relay that listens there says that nobody waits:
 * in the same words, so that strangers can, too.
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

  /** The reply subject for a part that is sent to this subject. */
  replyFor(subject: string): string {
    this.#inbox ??= this.#open()
    return this.#prefix + subject
  }

  /** @throws {WildcastError} `interrupted` where nobody awaits what is sent to this subject */
  check(subject: string): void {
    this.#known.check(subject)
  }

  #open(): NatsSubscription {
    const subject = `${this.#prefix}>`
    const native = { key: subject, subjects: [subject], exact: true, wildcard: true, single: false, serves: false }
    const inbox = this.#ports.subscribe(native, (msg) => this.#take(msg))
    inbox.confirmed.catch(() => {}) // where it is forbidden, responders go on to their end
    return inbox
  }

  #take(msg: Msg): void {
    if (isNoResponders(msg)) this.#known.add(msg.subject.slice(this.#prefix.length))
  }
}
