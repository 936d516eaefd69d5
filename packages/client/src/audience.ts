import type { WildcastError } from '@wildcast/protocol'
import type { Message } from './message.js'
import type { Gap, SubscriptionEvents, SubscriptionStatus } from './subscription-events.js'

/** One subscriber. */
export interface Listener extends SubscriptionEvents {
  readonly onMessage: (message: Message) => void
  /** The client was closed. */
  readonly onClose?: (() => void) | undefined
}

/** A listener, and what it has been told. */
export interface Member {
  readonly listener: Listener
  status: SubscriptionStatus | undefined
  /** Was ready once: what it misses from then on is a gap. */
  seen: boolean
  gone: boolean
}

/** Calls the app; what it throws is reported. */
export type Call = <Value>(callback: ((value: Value) => unknown) | undefined, value: Value) => void

/** Everybody who shares a subscription. */
export class Audience {
  readonly #call: Call
  // Replaced, never changed, so that a handler may subscribe and unsubscribe within a delivery.
  #members: readonly Member[] = []

  constructor(call: Call) {
    this.#call = call
  }

  get empty(): boolean {
    return this.#members.length === 0
  }

  add(listener: Listener): Member {
    const member: Member = { listener, status: undefined, seen: false, gone: false }
    this.#members = [...this.#members, member]
    return member
  }

  remove(member: Member): void {
    member.gone = true
    this.#members = this.#members.filter((other) => other !== member)
  }

  message(message: Message): void {
    for (const { gone, listener } of this.#members) if (!gone) this.#call(listener.onMessage, message)
  }

  gap(gap: Gap): void {
    for (const { listener } of this.#members) this.#call(listener.onGap, gap)
  }

  /** Tells a gap of unknown size to those who can have missed something. */
  missed(): void {
    for (const { seen, listener } of this.#members) if (seen) this.#call(listener.onGap, {})
  }

  /** Returns whether somebody leaves errors to the client. */
  error(error: WildcastError): boolean {
    for (const { listener } of this.#members) this.#call(listener.onError, error)
    return this.#members.some(({ listener }) => !listener.onError)
  }

  /** Tells everybody the status, where it is news. */
  tell(statusOf: (seen: boolean) => SubscriptionStatus): void {
    for (const member of this.#members) {
      const status = statusOf(member.seen)
      if (member.gone || member.status === status) continue
      member.status = status
      member.seen ||= status === 'ready'
      this.#call(member.listener.onStatus, status)
    }
  }

  close(): void {
    for (const { listener } of this.#members) listener.onClose?.()
  }
}
