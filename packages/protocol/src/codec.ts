import type { Frame } from './frame.js'

/** A frame whose encoding has been undone, but whose body nobody has looked at yet. */
export interface RawFrame {
  readonly kind: string
  /** Undefined for a bare kind such as `"Pong"`. */
  readonly body: unknown
}

/**
 * Turns frames into what one WebSocket message carries, and back. A codec knows the encoding, not
 * the meaning: the body of a frame is read by `readClientFrame` and `readRelayFrame`, the same for
 * every codec.
 *
 * An implementation MUST be pure. One that a relay uses MUST throw nothing but `invalid_frame` and
 * `too_large` from `decode`, whatever the bytes, and MUST refuse nesting past `limits.depth`; one
 * for clients only may believe its relay, and throw what it likes.
 */
export interface Codec {
  readonly name: string
  /** The WebSocket subprotocol that asks for it; undefined for classic, which has none. */
  readonly subprotocol: string | undefined
  encode(frame: Frame): string | Uint8Array<ArrayBuffer>
  /** @throws where the data is no frame */
  decode(data: string | Uint8Array): RawFrame
  /**
   * The `ref` of data that `decode` refuses, if one can still be found, so that even its refusal
   * can be paired. Never throws.
   */
  refOf?(data: string | Uint8Array): number | undefined
  /** Several frames in one WebSocket message. Absent if the dialect has no such thing. */
  readonly batches?: Batches
}

/** How a codec puts several frames into one WebSocket message. */
export interface Batches {
  /** What `encode` gave, in order. */
  join(frames: readonly (string | Uint8Array)[]): string | Uint8Array<ArrayBuffer>
  /**
   * The frames of a message, each to be given to `decode`: one that can't be read says nothing
   * about the others.
   * @param most - bytes that several frames may have together. A frame alone may have more. A codec
   * for clients only need not look at it.
   * @default no limit
   * @throws {WildcastError} `invalid_frame` if it can't be told where one of them ends; `too_large`
   * if there are several, of more bytes than `most`, before the rest is looked at
   */
  split(data: string | Uint8Array, most?: number): Iterable<string | Uint8Array>
}
