import type { BrokerMessage, Pattern, WildcastError } from '@wildcast/protocol'
import type { CancelSignal } from './cancel.js'

/** What a broker may be able to do beyond plain publish and subscribe. */
export type Feature =
  | 'queue' // interests with a `group`
  | 'request' // native request/response
  | 'serve' // keeps servers apart from subscribers
  | 'response_subject' // carries a reply address on a publish
  | 'headers' // carries headers beside a payload
  | 'wildcard' // publishes to a pattern

/**
 * For each feature: true, or the reason why this broker can't, which a client is told with
 * `unsupported`.
 */
export type Features = Readonly<Record<Feature, true | string>>

/** What somebody listens to. Interests with equal fields are the same interest. */
export interface Interest {
  readonly pattern: Pattern
  /** Of all interests with the same pattern and group, one gets each message. */
  readonly group?: string | undefined
  /** Takes the requests to the pattern, which is a subject then; at most one interest may. */
  readonly serve?: boolean | undefined
}

/**
 * Tells what became of a message: true when somebody has it. What nobody has taken, a broker that
 * keeps messages hands out again.
 */
export type Settle = (taken: boolean) => void

/** Who has an interest. Neither call throws. */
export interface Listener {
  /**
   * Takes a message. `settle` comes with messages of a group whose broker keeps them until then.
   */
  deliver(message: BrokerMessage, settle?: Settle): void
  /**
   * The broker has ended the interest by itself, for instance because a right was withdrawn.
   * Nothing more comes of it.
   */
  ended(error: WildcastError): void
}

/** Why something that a broker sent reached nobody. */
export type Dropped =
  | 'foreign_subject' // its name, or its reply address, is none of ours
  | 'foreign_headers' // more of them, or longer ones, than clients may be sent
  | 'foreign_message' // a name fits, but its form does not: not the envelope that was agreed on, for instance
  | 'too_large' // longer than what clients may be sent
  | 'late_answer' // nobody waits for it any more
  | 'looped' // a bridge has carried it too often

/**
 * The header in which a message that bridges carry remembers the brokers that it comes from: names
 * joined by commas.
 */
export const pathHeader = 'wildcast-path'

/** What a broker tells the relay unasked. */
export interface BrokerEvents {
  /**
   * The link is there, or lost. Between its return and `up` nothing may be delivered: inside `up`
   * every subscriber is told of the gap.
   */
  status(now: 'up' | 'down', cause?: unknown): void
  /** Something was not delivered. It is counted, never logged with its content. */
  dropped(why: Dropped): void
}

/**
 * Opens a broker. Resolves when its settings are valid and the first try to reach it has ended,
 * well or not; `status` tells of the link.
 */
export type OpenBroker = (events: BrokerEvents) => Promise<Broker>

export interface BrokerRequestOptions {
  /** How long to wait for an answer, and again after each part that `onPart` is told of. */
  readonly timeoutMs: number
  /**
   * How long to wait for the first of them, where some of the time has passed already. @default
   * timeoutMs
   */
  readonly firstMs?: number | undefined
  /**
   * Ends the request early: nothing of it may be left. Not always a true `AbortSignal`: for a call
   * of the platform, such as `fetch`, make one and abort it in a listener.
   */
  readonly signal?: CancelSignal | undefined
  /** Answers before the last, in order. */
  readonly onPart?: ((part: BrokerMessage) => void) | undefined
}

/**
 * A message broker under a name. Four duties, checked by `broker.contract.ts`: it MUST deliver each
 * matching message exactly once for each interest, also where interests overlap; MUST keep the
 * order of one publisher; MUST leave payloads unchanged; and MUST NOT call `deliver` from inside
 * another `deliver`.
 */
export interface Broker {
  readonly features: Features
  /**
   * Resolves when the broker has confirmed the interest, which may be at the next `up`; from then
   * on messages are delivered. Returns the undo. Once `gone` is aborted nobody wants it any more:
   * what still waits for the link rejects with that reason.
   * @throws {WildcastError} `already_served`, `forbidden`, `unsupported`, `broker_down` once the
   * broker was closed
   */
  subscribe(interest: Interest, listener: Listener, gone?: CancelSignal): Promise<() => Promise<void>>
  /**
   * Resolves when the broker has the message; undefined where it has it already. Publishes of one
   * relay arrive in their order. A part of an answer (`more`) that nobody awaits is refused with
   * `interrupted`, or one of the parts after it is, so that its responder ends: see
   * docs/delivery.md for what each broker can know.
   * @throws {WildcastError} by rejection: `broker_down` where it was not sent, `interrupted` where
   * the link broke over it or nobody awaits this part, `too_large`, `forbidden`, `rate_limited`
   */
  publish(message: BrokerMessage): Promise<void> | undefined
  /**
   * Asks the subject's server. The first final answer counts.
   * @throws {WildcastError} `no_responders`, `timeout`, or what `signal` was aborted with
   */
  request?(message: BrokerMessage, options: BrokerRequestOptions): Promise<BrokerMessage>
  close(): Promise<void>
}
