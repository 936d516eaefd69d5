import type { OpenSpan } from './open-span.js'

/** Runs a handler in a span, which ends when its result settles. Throws the handler's errors. */
export function handled<Result>(
  code: () => Result,
  { run, failed, end }: Pick<OpenSpan, 'run' | 'failed' | 'end'>,
): Result {
  const fail = (cause: unknown): never => {
    failed(cause)
    end()
    throw cause
  }
  const pass = <Value>(value: Value): Value => {
    end()
    return value
  }
  let result: Result
  try {
    result = run(code)
  } catch (cause) {
    return fail(cause)
  }
  if (!isThenable(result)) return pass(result)
  return result.then(pass, fail) as Result // a promise of the same value
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}
