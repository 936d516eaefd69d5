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
  | 'broker_down'
  | 'interrupted'
  | 'going_away'
  | 'internal'
  | 'token_expired'
  | 'unauthorized'
  | 'forbidden'
  | 'replaced'

/** What follows from a code, on every road. */
export interface ErrorFacts {
  /** WebSocket close code, should the connection end over it: below 4500 the client comes back, from 4500 on it does not. */
  readonly close: number
  /** HTTP status of the same refusal. */
  readonly status: number
  /** Whether the same action may succeed later, unchanged. */
  readonly retry: boolean
}

/** The one table of codes: text code → close code, HTTP status, retry. */
export const errorTable: Readonly<Record<ErrorCode, ErrorFacts>> = {
  invalid_frame: { close: 4400, status: 400, retry: false },
  invalid_subject: { close: 4400, status: 400, retry: false },
  unsupported: { close: 4400, status: 501, retry: false },
  unknown_broker: { close: 4400, status: 404, retry: false },
  too_large: { close: 4413, status: 413, retry: false },
  too_many_subscriptions: { close: 4429, status: 429, retry: false },
  rate_limited: { close: 4429, status: 429, retry: true },
  slow_consumer: { close: 4408, status: 503, retry: true },
  timeout: { close: 4408, status: 504, retry: true },
  no_responders: { close: 4411, status: 503, retry: true },
  already_served: { close: 4400, status: 409, retry: true },
  condition_failed: { close: 4400, status: 412, retry: false },
  broker_down: { close: 4411, status: 503, retry: true },
  interrupted: { close: 4411, status: 503, retry: true },
  going_away: { close: 4410, status: 503, retry: true },
  internal: { close: 4411, status: 500, retry: true },
  token_expired: { close: 4440, status: 401, retry: true },
  unauthorized: { close: 4501, status: 401, retry: false },
  forbidden: { close: 4503, status: 403, retry: false },
  replaced: { close: 4509, status: 409, retry: false },
}

/** First close code after which a client does not come back by itself. */
export const firstFinalCloseCode = 4500

/** Tells whether a text from the wire is one of our codes. */
export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(errorTable, text)
}

/** The only error that this project throws for what happens at run time. Branch on `code`; the message is for people and says the remedy. */
export class WildcastError extends Error {
  override readonly name = 'WildcastError'
  readonly code: ErrorCode
  /** Whether the same action may succeed later, unchanged. */
  readonly retry: boolean
  /** Milliseconds to wait before trying again, where the relay told. */
  readonly retryInMs: number | undefined

  constructor(
    code: ErrorCode,
    message: string,
    options: { cause?: unknown; retry?: boolean; retryInMs?: number } = {},
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.code = code
    this.retry = options.retry ?? errorTable[code].retry
    this.retryInMs = options.retryInMs
  }

  /** Wraps anything that was thrown; a `WildcastError` stays itself. */
  static from(cause: unknown, code: ErrorCode = 'internal'): WildcastError {
    if (cause instanceof WildcastError) return cause
    return new WildcastError(code, cause instanceof Error ? cause.message : String(cause), { cause })
  }
}
