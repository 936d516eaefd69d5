import type { BrokerMessage, WildcastError } from '@wildcast/protocol'
import type { Settle } from './broker.js'

export type { Settle }

/** What is known of a subscription by those who write its messages. */
export interface FeedFacts {
  /** The subscription's id. */
  readonly id: number
  readonly broker: string
  /** Of each subject only the newest message counts. */
  readonly latest: boolean
}

/**
 * Writes what a subscription brings in the form of a dialect. Sessions that share an encoder share
 * the bytes of a message: one identity per dialect and codec.
 */
export interface Encoder {
  /** Undefined if the dialect can't carry this message: it is left out then. */
  message(message: BrokerMessage, feed: FeedFacts): Uint8Array | undefined
  /**
   * Reports lost messages, `missed` of them if their number is known. Undefined if the dialect has
   * no words for a loss.
   */
  gap(feed: FeedFacts, missed?: number): Uint8Array | undefined
  /**
   * What happens to a reader that falls behind its bound: it is sent a gap in place of the
   * messages, or its connection ends.
   */
  readonly overrun: 'gap' | 'end'
}

/** An encoder whose frames may follow one another in one buffer. */
export interface StreamEncoder extends Encoder {
  /** One frame or several, whose bytes are so many, as they are written. */
  join(frames: readonly Uint8Array[], bytes: number): Uint8Array
}

/**
 * A delivery on its way to a client: one object for all members of a feed that share an encoder.
 */
export interface Parcel {
  /**
   * Encoded when first asked for; undefined if the dialect leaves it out, or if the outlet has no
   * encoder. Shared with others: never changed.
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
   * Called once it is known whether it was written. Returns whether another client takes it, or the
   * broker has it back.
   */
  readonly settle?: ((written: boolean) => boolean) | undefined
}

/** The way from a session to its client. Throws nothing. */
export interface Outlet {
  /** Absent if the client is given messages as they are. */
  readonly encoder?: Encoder | undefined
  /** Whether the client is slower than what is delivered to it. @default false */
  readonly behind?: boolean
  deliver(parcel: Parcel): void
  /** The relay has ended a subscription: nothing more of it comes. */
  ended(feed: FeedFacts, error: WildcastError): void
  /**
   * A subscription is over, whatever of it still waits.
   * @param handled - how many of its messages the client has handled; all that were written by
   * default
   */
  forget?(feed: number, handled?: number): void
}

/** Takes failures that no caller waits for. */
export type OnFailure = (
  error: WildcastError,
  at: { readonly stage: string; readonly broker?: string; readonly request?: string },
) => void
