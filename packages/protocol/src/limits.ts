/**
 * Limits of the wire protocol, the same for every peer. `Welcome.limits` has those that a relay may
 * lower.
 */
export const limits: {
  /** UTF-8 bytes of a subject or pattern. */
  readonly subjectBytes: number
  /** Segments of a subject or pattern. */
  readonly subjectSegments: number
  /**
   * Additional bytes of a subject that a relay derived from another with an id in front:
   * `request.<ULID>.…` and `response.<ULID>.…`.
   */
  readonly derivedBytes: number
  /** Additional segments of such a subject. */
  readonly derivedSegments: number
  /** Additional bytes of a subject under `$presence`, which names a member of another subject. */
  readonly presenceBytes: number
  /** Additional segments of such a subject. */
  readonly presenceSegments: number
  /** `**` wildcards of one pattern: limits the work of a match. */
  readonly multiWildcards: number
  /** Nesting of a decoded frame. A deeper value may fail to be encoded again. */
  readonly depth: number
  /**
   * Values of a decoded frame. Bytes count as one value, and so does a long array of numbers from 0
   * to 255.
   */
  readonly values: number
  /**
   * Characters or bytes of an encoded frame without a payload: only a `Publish` or a `Request` may
   * be longer.
   */
  readonly controlLength: number
  /** Bytes of a WebSocket message with several frames. */
  readonly batchBytes: number
  /** Bytes of a payload, unless `Welcome.limits` has another value. */
  readonly payloadBytes: number
  /** Headers of a message. */
  readonly headers: number
  /**
   * UTF-8 bytes of all header names and values of a message, and of its error. Included in the
   * payload limit.
   */
  readonly headerBytes: number
  /** UTF-8 bytes of the key of a publish. */
  readonly keyBytes: number
  /** Longest `timeout` of a `Request` in milliseconds; a longer one is clamped. */
  readonly requestTimeoutMs: number
} = {
  subjectBytes: 1024,
  subjectSegments: 256,
  derivedBytes: 64,
  derivedSegments: 4,
  presenceBytes: 64,
  presenceSegments: 2,
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
