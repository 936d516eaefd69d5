import type { Frame } from './frame.js'

/** A decoded frame whose body has not been checked yet. */
export interface RawFrame {
  readonly kind: string
  /** Undefined for a bare kind such as `"Pong"`. */
  readonly body: unknown
}

/**
 * Encodes a frame as the data of one WebSocket message, and decodes it. A codec handles the
 * encoding, not the meaning: `readClientFrame` and `readRelayFrame` read the body of a frame, for
 * every codec.
 *
 * An implementation MUST be pure. If a relay uses it, `decode` MUST throw only `invalid_frame` and
 * `too_large`, whatever the bytes, and MUST refuse nesting past `limits.depth`. If only clients use
 * it, it may trust the relay and throw any error.
 */
export interface Codec {
  readonly name: string
  /** The WebSocket subprotocol that selects it; undefined for classic, which has none. */
  readonly subprotocol: string | undefined
  encode(frame: Frame): string | Uint8Array<ArrayBuffer>
  /** @throws if the data is not a frame */
  decode(data: string | Uint8Array): RawFrame
  /**
   * Returns the `ref` of data that `decode` refuses, if one can be found, so that even the refusal
   * can be paired. Never throws.
   */
  refOf?(data: string | Uint8Array): number | undefined
  /**
   * Joins and splits several frames in one WebSocket message. Absent if the dialect has no batches.
   */
  readonly batches?: Batches
}

/** How a codec puts several frames into one WebSocket message. */
export interface Batches {
  /** Joins results of `encode`, in order. */
  join(frames: readonly (string | Uint8Array)[]): string | Uint8Array<ArrayBuffer>
  /**
   * Returns the frames of a message, each to be passed to `decode`: an unreadable frame does not
   * affect the others.
   * @param maxBytes - limit of a message with several frames. A single frame may be longer. A codec
   * for clients only may ignore it.
   * @default no limit
   * @throws {WildcastError} `invalid_frame` if the end of a frame can't be found; `too_large`,
   * before the rest is read, if there are several frames with more bytes than `maxBytes`
   */
  split(data: string | Uint8Array, maxBytes?: number): Iterable<string | Uint8Array>
}
