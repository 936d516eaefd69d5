/** The error codes of the protocol. Each has a heading in `docs/protocol.md`. */
export type ErrorCode =
  | 'invalid_frame'
  | 'invalid_subject'
  | 'invalid_payload'
  | 'unsupported'
  | 'unknown_broker'
  | 'too_large'
  | 'too_many_subscriptions'
  | 'rate_limited'
  | 'slow_consumer'
  | 'timeout'
  | 'no_responders'
  | 'already_served'
  | 'condition_failed'
  | 'storage_full'
  | 'broker_down'
  | 'interrupted'
  | 'going_away'
  | 'internal'
  | 'token_expired'
  | 'unauthorized'
  | 'forbidden'
  | 'replaced'

/** The codes after which the same action, unchanged, can't succeed later. */
export const permanentCodes: readonly string[] = [
  'invalid_frame',
  'invalid_subject',
  'invalid_payload',
  'unsupported',
  'unknown_broker',
  'too_large',
  'too_many_subscriptions',
  'condition_failed',
  'unauthorized',
  'forbidden',
  'replaced',
] satisfies ErrorCode[]

/** The close codes after which a client does not reconnect by itself, with their error codes. */
export const finalCloseCodes: Readonly<Record<number, ErrorCode>> = {
  4501: 'unauthorized',
  4503: 'forbidden',
  4509: 'replaced',
}

/** The first close code after which a client does not reconnect by itself. */
export const firstFinalCloseCode = 4500

/**
 * The only error that this project throws for failures at run time. Branch on `code`; the message
 * is for people and names the remedy.
 */
export class WildcastError extends Error {
  override readonly name = 'WildcastError'
  // Only declared, since the constructor sets them: fields would be in the bundle twice.
  /** An `ErrorCode`, or the code that a responder gave to a failed request. */
  declare readonly code: ErrorCode | (string & {})
  /** Whether the same action may succeed later, unchanged. */
  declare readonly retry: boolean
  /** Milliseconds to wait before a retry, if the relay sent them. */
  declare readonly retryInMs: number | undefined
  /** With `condition_failed`: the revision of the present value, if there is one. */
  declare readonly revision: string | undefined

  constructor(
    code: ErrorCode,
    message: string,
    options: {
      cause?: unknown
      retry?: boolean | undefined
      retryInMs?: number | undefined
      revision?: string | undefined
    } = {},
  ) {
    super(message, options)
    this.code = code
    this.retry = options.retry ?? !permanentCodes.includes(code)
    this.retryInMs = options.retryInMs
    this.revision = options.revision
  }

  /** Wraps a thrown value; returns a `WildcastError` unchanged. */
  static from(cause: unknown, code: ErrorCode = 'internal'): WildcastError {
    if (cause instanceof WildcastError) return cause
    return new WildcastError(code, cause instanceof Error ? cause.message : textOf(cause), { cause })
  }
}

function textOf(value: unknown): string {
  try {
    return String(value)
  } catch {
    return typeof value // an object may not convert to text
  }
}
