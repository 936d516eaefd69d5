import type { BrokerMessage, Pattern, WildcastError } from '@wildcast/protocol'
import type { CancelSignal } from './cancel.js'
import type { HistoryStore } from './history-store.js'
import type { ValueStore } from './store.js'

/** An ability of a broker beyond plain publish and subscribe. */
export type Feature =
  | 'queue' // interests with a `group`
  | 'request' // native request/response
  | 'serve' // interests with `serve`: requests go to a responder, not to subscribers
  | 'response_subject' // carries a reply address on a publish
  | 'headers' // carries headers beside a payload
  | 'wildcard' // publishes to a pattern
  | 'retained' // keeps the value of a subject
  | 'conditional' // writes a value on a condition
  | 'ttl' // a value expires
  | 'presence' // lists who is here
  | 'history' // keeps messages of subjects

/** For each feature: true, or why this broker can't do it, which clients get with `unsupported`. */
export type Features = Readonly<Record<Feature, true | string>>

/** A pattern to subscribe to. Interests with equal fields are the same interest. */
export interface Interest {
  readonly pattern: Pattern
  /** Of all interests with the same pattern and group, one gets each message. */
  readonly group?: string | undefined
  /** A responder: receives the requests to the pattern, a subject that no other interest serves. */
  readonly serve?: boolean | undefined
  /**
   * It also receives the requests to its subject that no responder takes. A broker whose requests
   * reach all subscribers ignores it.
   */
  readonly answers?: boolean | undefined
}

/**
 * Reports whether a subscriber has taken a message. If not, a broker that keeps messages delivers
 * it again.
 */
export type Settle = (taken: boolean) => void

/** The receiver of an interest's messages. Its methods don't throw. */
export interface Listener {
  /**
   * Receives a message. `settle` is set for messages of a group if the broker keeps them until it
   * is called.
   */
  deliver(message: BrokerMessage, settle?: Settle): void
  /**
   * The broker has ended the interest by itself, for instance because a permission was withdrawn.
   * No more messages follow.
   */
  ended(error: WildcastError): void
}

/** Why a message from a broker was dropped. */
export type Dropped =
  | 'foreign_subject' // its subject or reply address is not a Wildcast subject
  | 'foreign_headers' // more or longer headers than clients may be sent
  | 'foreign_message' // its subject matches, but its form does not, for instance another envelope
  | 'too_large' // longer than clients may be sent
  | 'late_answer' // its request is no longer pending
  | 'looped' // bridges have copied it too often
  | 'invalid_payload' // it does not fit the contract

/**
 * The header in which bridged messages record the brokers that they come from, joined by commas.
 */
export const pathHeader = 'wildcast-path'

/** Events of a broker. */
export interface BrokerEvents {
  /**
   * The link is up or down. After a loss the broker must deliver nothing before it reports `up`:
   * within that call every subscriber is notified of the gap.
   */
  status(now: 'up' | 'down', cause?: unknown): void
  /** A message was not delivered. It is counted, and its content is never logged. */
  dropped(why: Dropped): void
}

/**
 * Opens a broker. Resolves when its settings are valid and the first attempt to connect has ended,
 * successful or not; `status` reports the link.
 */
export type OpenBroker = (events: BrokerEvents) => Promise<Broker>

/** Timeouts, cancellation and partial answers of a request. */
export interface BrokerRequestOptions {
  /** How long to wait for an answer, counted again after each part (see `onPart`). */
  readonly timeoutMs: number
  /**
   * How long to wait for the first answer: less than `timeoutMs` if part of it has passed already.
   * @default timeoutMs
   */
  readonly firstMs?: number | undefined
  /**
   * Cancels the request and frees all that it holds. It isn't always a real `AbortSignal`: for a
   * call of the platform, such as `fetch`, make one and abort it in a listener.
   */
  readonly signal?: CancelSignal | undefined
  /** Called with each partial answer, in order. */
  readonly onPart?: ((part: BrokerMessage) => void) | undefined
}

/**
 * A message broker under a name. `broker.contract.ts` checks four duties: it MUST deliver each
 * matching message exactly once for each interest, also if interests overlap; MUST keep the order
 * of one publisher; MUST leave payloads unchanged; and MUST NOT call `deliver` from inside another
 * `deliver`.
 */
export interface Broker {
  readonly features: Features
  /** Keeps the values of its subjects. Absent if the broker keeps none. */
  readonly values?: ValueStore | undefined
  /**
   * Keeps the messages of its subjects. Absent if no rule of the broker names any. Messages of
   * these are published with `append`, instead of `publish`.
   */
  readonly history?: HistoryStore | undefined
  /**
   * Resolves with the undo when the broker has confirmed the interest, which may be at the next
   * `up`; from then on it delivers messages. If `gone` is aborted while the interest waits for the
   * link, rejects with the abort reason.
   * @throws {WildcastError} `already_served`, `forbidden`, `unsupported`, `broker_down` if the
   * broker was closed
   */
  subscribe(interest: Interest, listener: Listener, gone?: CancelSignal): Promise<() => Promise<void>>
  /**
   * Resolves when the broker has the message; undefined if it has it already. Publishes of one
   * relay arrive in order. If the message is a part of an answer (`more` is set) and its requester
   * no longer waits, this part or a later one rejects with `interrupted`, so that the responder
   * stops; docs/delivery.md lists what each broker can detect.
   * @throws {WildcastError} by rejection: `broker_down` if it was not sent, `interrupted` if the
   * link broke during the publish or the part is not awaited, `too_large`, `forbidden`,
   * `rate_limited`
   */
  publish(message: BrokerMessage): Promise<void> | undefined
  /**
   * Sends a request to the subject's responder. Resolves with the first final answer.
   * @throws {WildcastError} `no_responders`, `timeout`, or the abort reason of `signal`
   */
  request?(message: BrokerMessage, options: BrokerRequestOptions): Promise<BrokerMessage>
  close(): Promise<void>
}
