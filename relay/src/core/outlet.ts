import type { BrokerMessage, WildcastError } from '@wildcast/protocol'
import type { Settle } from './broker.js'

export type { Settle }

/** A subscription, as the writers of its messages see it. */
export interface FeedFacts {
  /** The subscription's id. */
  readonly id: number
  readonly broker: string
  /** Whether only the newest message of each subject counts. */
  readonly latest: boolean
}

/**
 * Encodes the messages of a subscription in a dialect. Sessions that share an encoder share the
 * bytes of a message: there is one encoder for each dialect and codec.
 */
export interface Encoder {
  /** Returns undefined if the dialect can't carry the message: it is skipped. */
  message(message: BrokerMessage, feed: FeedFacts): Uint8Array | undefined
  /**
   * Reports lost messages; `missed` is their number, if known, and `ref` the request that lacks
   * them, if no other reader of the feed does. Returns undefined if the dialect can't report a
   * loss.
   */
  gap(feed: FeedFacts, missed?: number, ref?: number): Uint8Array | undefined
  /**
   * Reports that the link to the broker is lost; a gap follows when it is back. Absent if the
   * dialect can't report that.
   */
  outage?(feed: FeedFacts): Uint8Array
  /**
   * The outcome for a reader past its limit: it gets a gap in place of the messages, or its
   * connection ends.
   */
  readonly overrun: 'gap' | 'end'
  /** All kept messages up to a position were sent. Absent if `values` reports it. */
  caughtUp?(position: string): Uint8Array
  /** Absent if the dialect can't carry values. */
  readonly values?: ValueFrames | undefined
}

/**
 * Where values and kept messages go: the `ref` of the request for them, and its subscription, if it
 * stays.
 */
export interface ValueTarget {
  readonly ref: number
  readonly feed: Pick<FeedFacts, 'broker'> & Partial<FeedFacts>
}

/** Encodes what was there before a client asked for it. */
export interface ValueFrames {
  value(message: BrokerMessage, target: ValueTarget): Uint8Array
  /** A message of the history. */
  replayed(message: BrokerMessage, target: ValueTarget): Uint8Array
  /** All was sent. */
  synced(target: ValueTarget): Uint8Array
}

/** An encoder whose frames can be joined in one buffer. */
export interface StreamEncoder extends Encoder {
  /** Joins one or more frames, of `bytes` bytes in all. */
  join(frames: readonly Uint8Array[], bytes: number): Uint8Array
}

/**
 * A delivery on its way to a client: one object for all members of a feed that share an encoder.
 */
export interface Parcel {
  /**
   * Encoded when first read; undefined if the dialect skips it, or the outlet has no encoder.
   * Shared with others: never changed.
   */
  readonly bytes: Uint8Array | undefined
  /** The broker's own object, the same in every feed that it matches. */
  readonly message?: BrokerMessage | undefined
  /**
   * The subscription that a message belongs to. A frame without one, such as an answer, is never
   * dropped.
   */
  readonly feed?: FeedFacts | undefined
  /**
   * Whether it is a value or a kept message that was there before, or the mark of their end. If a
   * message of its subscription is dropped, it is dropped too: all values are sent again, and the
   * client asks for kept messages again.
   */
  readonly replay?: true
  /**
   * Called once it is known whether the parcel was written. Returns false if it wasn't, and neither
   * another client nor the broker takes it.
   */
  readonly settle?: ((written: boolean) => boolean) | undefined
}

/** Delivers to the client of a session. Its methods don't throw. */
export interface Outlet {
  /**
   * Absent if the outlet encodes messages itself: then it receives messages and values with
   * `message`, and neither gaps nor the mark after values.
   */
  readonly encoder?: Encoder | undefined
  /** Whether the client reads more slowly than messages arrive. @default false */
  readonly behind?: boolean
  deliver(parcel: Parcel): void
  /** Calls back when the client is no longer behind. Absent if it never is. */
  whenCaughtUp?(run: () => void): void
  /** The relay has ended a subscription: no more messages follow. */
  ended(feed: FeedFacts, error: WildcastError): void
  /** The client's identity is no longer valid: its connection ends, and nothing more is written. */
  revoked?(error: WildcastError): void
  /**
   * Drops what still waits of a subscription that is over.
   * @param handled - how many of its messages the client has handled; by default all that were
   * written
   */
  forget?(feed: number, handled?: number): void
}

/** Handles errors that no caller awaits. */
export type OnFailure = (
  error: WildcastError,
  at: {
    readonly stage: string
    readonly broker?: string
    readonly request?: string
    /** The id of the trace of the message. */
    readonly trace?: string
  },
) => void
