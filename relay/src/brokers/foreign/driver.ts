import type { BrokerMessage, WildcastError } from '@wildcast/protocol'
import type { BrokerRequestOptions, Dropped, Features, Interest, Settle } from '../../core/broker.js'

/**
 * What a broker is asked for to satisfy an interest, in its own terms. Equal keys are the same
 * native subscription.
 */
export interface Native {
  readonly key: string
  /**
   * It brings what the interest's pattern matches and nothing more. Otherwise every message is
   * matched again.
   */
  readonly exact: boolean
  /**
   * It is no plain name: brokers look at each of these for every message, so their number is
   * bounded.
   */
  readonly wildcard: boolean
  /** Of all interests that share it, one gets each message: a group, or a server. */
  readonly single: boolean
}

/** Takes what a native subscription brings, in order. */
export type Sink = (message: BrokerMessage, settle?: Settle) => void

/** A native subscription of one connection. */
export interface NativeSubscription {
  /** @throws {WildcastError} `forbidden`, `already_served` … where the broker refuses */
  readonly confirmed: Promise<void>
  /**
   * Asks the broker to end it, at once and in order with what is asked later. Resolves when it has;
   * never rejects.
   */
  end(): Promise<void>
  /** Resolves if the broker ends it by itself, for instance because a right was withdrawn. */
  readonly ended?: Promise<WildcastError>
}

/**
 * One connection to a broker: opened whole, it ends once and never repairs itself. With its end
 * whatever waits for it fails with `broker_down`.
 */
export interface BrokerConnection<N extends Native = Native> {
  subscribe(native: N, sink: Sink): NativeSubscription
  /**
   * Resolves when the broker has it. Calls are sent in their order. @throws {WildcastError}
   * `too_large`, `forbidden`, `unsupported`
   */
  publish(message: BrokerMessage): Promise<void>
  /** @throws {WildcastError} `no_responders`, `timeout`, or what the signal was aborted with */
  request(message: BrokerMessage, options: BrokerRequestOptions): Promise<BrokerMessage>
  /** Asks for a sign of life, where the client library does not do so by itself. */
  ping?(): Promise<void>
  /** Ends it, flushing what was said; does nothing where it has ended. Never rejects. */
  close(): Promise<void>
}

export interface ConnectionEvents {
  /** The connection has ended by itself. Later calls do nothing. */
  lost(cause: unknown): void
  dropped(why: Dropped): void
}

/** A kind of broker, as the parts that all brokers outside the process share see it. */
export interface Driver<N extends Native = Native> {
  /** What it can do, as far as is known now: some learn it when they connect. */
  readonly features: Features
  /**
   * The narrowest native subscription that covers an interest. @throws {WildcastError}
   * `invalid_subject`, `unsupported`
   */
  nativeOf(interest: Interest): N
  /**
   * Opens a connection. @throws {WildcastError} whose message names what was tried and the remedy,
   * never a secret
   */
  connect(events: ConnectionEvents): Promise<BrokerConnection<N>>
}
