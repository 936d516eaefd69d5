import { WildcastError } from './errors.js'

/**
 * An error about what a peer has sent, which says nothing by where it was made: it has no stack
 * trace.
 */
export function refusal(...words: ConstructorParameters<typeof WildcastError>): WildcastError {
  return withoutStackTrace(() => new WildcastError(...words))
}

/** Other engines than V8 have no such limit, and to set it does nothing there. */
const v8Error = Error as { stackTraceLimit?: number | undefined }

/**
 * Runs something that may throw refusals. To collect a stack trace takes ten times as long as all
 * else that a refusal takes.
 */
export function withoutStackTrace<Result>(run: () => Result): Result {
  const { stackTraceLimit } = v8Error
  v8Error.stackTraceLimit = 0
  try {
    return run()
  } finally {
    v8Error.stackTraceLimit = stackTraceLimit
  }
}
