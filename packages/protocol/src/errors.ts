/** Every way in which a peer can refuse. Each has a heading in `docs/protocol.md`. */
export type ErrorCode =
  | 'invalid_frame'
  | 'invalid_subject'
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

/** The codes after which the same action can't succeed later, unchanged. */
export const permanentCodes: readonly string[] = [
  'invalid_frame',
  'invalid_subject',
  'unsupported',
  'unknown_broker',
  'too_large',
  'too_many_subscriptions',
  'condition_failed',
  'unauthorized',
  'forbidden',
  'replaced',
] satisfies ErrorCode[]

/**
 * The close codes after which a client does not come back by itself, each with what was refused.
 */
export const finalCloseCodes: Readonly<Record<number, ErrorCode>> = {
  4501: 'unauthorized',
  4503: 'forbidden',
  4509: 'replaced',
}

/** First close code after which a client does not come back by itself. */
export const firstFinalCloseCode = 4500

/**
 * The only error that this project throws for what happens at run time. Branch on `code`; the
 * message is for people and says the remedy.
 */
export class WildcastError extends Error {
  override readonly name = 'WildcastError'
  // Declared only, since the constructor sets them: as fields they would be in the bundle twice.
  /** One of ours; or, of a request that failed, what its responder said. */
  declare readonly code: ErrorCode | (string & {})
  /** Whether the same action may succeed later, unchanged. */
  declare readonly retry: boolean
  /** Milliseconds to wait before trying again, where the relay told. */
  declare readonly retryInMs: number | undefined

  constructor(
    code: ErrorCode,
    message: string,
    options: { cause?: unknown; retry?: boolean | undefined; retryInMs?: number | undefined } = {},
  ) {
    super(message, options)
    this.code = code
    this.retry = options.retry ?? !permanentCodes.includes(code)
    this.retryInMs = options.retryInMs
  }

  /** Wraps anything that was thrown; a `WildcastError` stays itself. */
  static from(cause: unknown, code: ErrorCode = 'internal'): WildcastError {
    if (cause instanceof WildcastError) return cause
    return new WildcastError(code, cause instanceof Error ? cause.message : textOf(cause), { cause })
  }
}

function textOf(value: unknown): string {
  try {
    return String(value)
  } catch {
    return typeof value // an object may have no text
  }
}
