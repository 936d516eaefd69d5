import { WildcastError } from './errors.js'

/**
 * Creates an error about a peer's data. It has no stack trace: the place that creates it is of no
 * use.
 */
export function refusal(...args: ConstructorParameters<typeof WildcastError>): WildcastError {
  return withoutStackTrace(() => new WildcastError(...args))
}

/** Only V8 has this limit; in other engines, setting it does nothing. */
const v8Error = Error as { stackTraceLimit?: number | undefined }

/**
 * Runs a function that may throw refusals. Collecting a stack trace takes ten times as long as the
 * rest of a refusal.
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
