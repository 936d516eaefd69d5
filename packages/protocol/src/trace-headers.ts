import type { Headers } from './message.js'

/** Whether a header is one of W3C Trace Context. A message may lose it: only a trace is shorter. */
export function isTraceHeader(name: string): boolean {
  return /^trace(parent|state)$/i.test(name)
}

/** Returns the headers that are no part of a trace; undefined without any. */
export function withoutTrace(headers: Headers | undefined): Headers | undefined {
  const rest = headers?.filter(([name]) => !isTraceHeader(name))
  return rest?.[0] && (rest.length === headers?.length ? headers : rest)
}
