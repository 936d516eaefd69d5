import type { BrokerMessage, WildcastError } from '@wildcast/protocol'
import type { BrokerRequestOptions, Dropped, Features, Interest, Settle } from '../../core/broker.js'
import type { HistoryRules } from '../../core/history-rules.js'
import type { HistoryStore } from '../../core/history-store.js'
import type { ValueStore } from '../../core/store.js'

/**
 * A subscription in the terms of a broker, which covers an interest. Equal keys stand for the same
 * subscription.
 */
export interface Native {
  readonly key: string
  /**
   * Whether it delivers only what the interest's pattern matches. Otherwise each message is matched
   * again.
   */
  readonly exact: boolean
  /**
   * Whether it has wildcards. Brokers compare each message with all of these, so their number is
   * limited.
   */
  readonly wildcard: boolean
  /** Whether one of the interests that share it gets each message: a group, or a responder. */
  readonly single: boolean
}

/** Receives the messages of a native subscription, in order. */
export type Sink = (message: BrokerMessage, settle?: Settle) => void

/** A native subscription of one connection. */
export interface NativeSubscription {
  /** Rejects if the broker refuses it, with `forbidden`, `already_served` or another code. */
  readonly confirmed: Promise<void>
  /**
   * Unsubscribes at once, in order with later calls. Resolves when the broker has confirmed it;
   * never rejects.
   */
  end(): Promise<void>
  /** Resolves if the broker ends it, for instance because a permission was withdrawn. */
  readonly ended?: Promise<WildcastError>
}

/**
 * One connection to a broker. It is ready when it is opened, and ends once: it never reconnects.
 * Its end rejects pending calls with `broker_down`.
 */
export interface BrokerConnection<N extends Native = Native> {
  /** Absent if the broker keeps no values: `Driver.features.retained` has the reason. */
  readonly values?: ValueStore | undefined
  /** Absent if the broker keeps no messages: `Driver.features.history` has the reason. */
  readonly history?: HistoryStore | undefined
  subscribe(native: N, sink: Sink): NativeSubscription
  /**
   * Resolves when the broker has the message. Messages are sent in the order of the calls.
   * @throws {WildcastError} `too_large`, `forbidden`, `unsupported`
   */
  publish(message: BrokerMessage): Promise<void>
  /** @throws {WildcastError} `no_responders`, `timeout`, or what the signal was aborted with */
  request(message: BrokerMessage, options: BrokerRequestOptions): Promise<BrokerMessage>
  /** Resolves when the broker has answered. Absent if the client library pings by itself. */
  ping?(): Promise<void>
  /** Flushes and closes it. Does nothing if it has ended. Never rejects. */
  close(): Promise<void>
}

export interface ConnectionEvents {
  /** The connection has ended by itself. Later calls do nothing. */
  lost(cause: unknown): void
  dropped(why: Dropped): void
}

/** The adapter of one kind of broker. All brokers outside the process share the code around it. */
export interface Driver<N extends Native = Native> {
  /** The features that are known now: some brokers report theirs on connect. */
  readonly features: Features
  /** Which messages the broker keeps. Absent if it keeps none. */
  readonly rules?: HistoryRules | undefined
  /**
   * Returns the narrowest native subscription that covers an interest.
   * @throws {WildcastError} `invalid_subject`, `unsupported`
   */
  nativeOf(interest: Interest): N
  /**
   * Opens a connection.
   * @throws {WildcastError} whose message names the server and the remedy, never a secret
   */
  connect(events: ConnectionEvents): Promise<BrokerConnection<N>>
}
