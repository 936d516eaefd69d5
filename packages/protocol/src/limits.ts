/**
 * Bounds of the wire, the same for every peer. Those a relay may narrow further are told in
 * `Welcome.limits`.
 */
export const limits: {
  /** UTF-8 bytes of a subject or pattern. */
  readonly subjectBytes: number
  /** Segments of a subject or pattern. */
  readonly subjectSegments: number
  /**
   * Bytes that a subject may have in addition if a relay derived it from another, by an id in front
   * of it: `request.<ULID>.…` and `response.<ULID>.…`.
   */
  readonly derivedBytes: number
  /** Segments of the same. */
  readonly derivedSegments: number
  /** `**` wildcards of one pattern: bounds the work of a match. */
  readonly multiWildcards: number
  /** Nesting of a decoded frame. What decodes deeper may not encode again. */
  readonly depth: number
  /**
   * Values of a decoded frame. Bytes count as one, and so does an array of numbers from 0 to 255.
   */
  readonly values: number
  /**
   * Characters or bytes of an encoded frame that carries no payload: only a `Publish` or a
   * `Request` may be longer.
   */
  readonly controlLength: number
  /** Bytes of a WebSocket message with several frames. */
  readonly batchBytes: number
  /** Bytes of a payload, unless the relay says otherwise. */
  readonly payloadBytes: number
  /** Headers of a message. */
  readonly headers: number
  /**
   * UTF-8 bytes of all header names and values of a message, and of its error. A part of the
   * payload's limit.
   */
  readonly headerBytes: number
  /** UTF-8 bytes of the key of a publish. */
  readonly keyBytes: number
  /** Milliseconds that a `Request` may ask for at most; a longer `timeout` is clamped. */
  readonly requestTimeoutMs: number
} = {
  subjectBytes: 1024,
  subjectSegments: 256,
  derivedBytes: 64,
  derivedSegments: 4,
  multiWildcards: 2,
  depth: 32,
  values: 10_000,
  controlLength: 64 * 1024,
  batchBytes: 64 * 1024,
  payloadBytes: 1024 * 1024,
  headers: 64,
  headerBytes: 8 * 1024,
  keyBytes: 256,
  requestTimeoutMs: 5 * 60_000,
}
