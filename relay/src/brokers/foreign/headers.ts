import { type Failure, isHeaderName, isHeaderValue, type Message } from '@wildcast/protocol'

// Where a broker carries headers, the marks of an answer travel among them.
const more = 'wildcast-more'
const errorCode = 'wildcast-error'
const errorMessage = 'wildcast-error-message'

/** Past this a stranger's message could make ours too long for its readers. */
const mostHeaders = 64

/** The headers of a message and its marks, for a broker that carries headers. Values hold no control characters. */
export function headersOut({ headers, more: follows, error }: Message): [name: string, value: string][] {
  return [
    ...(headers ?? []),
    ...(follows ? [[more, '1'] as [string, string]] : []),
    // What an error says may hold line breaks, which headers may not.
    ...(error ? failureOut(error) : []),
  ]
}

function failureOut({ code, message }: Failure): [string, string][] {
  return [
    [errorCode, encodeURIComponent(code)],
    [errorMessage, encodeURIComponent(message)],
  ]
}

/** What a foreign message's headers say. Those that our own clients could not have sent are left out; of several with one name the last counts. */
export function headersIn(foreign: Iterable<readonly [name: string, value: string]>): Partial<Message> {
  const headers = new Map<string, string>()
  for (const [name, value] of foreign) {
    if (headers.size >= mostHeaders) break
    if (isHeaderName(name) && isHeaderValue(value)) headers.set(name, value)
  }
  const error = failureIn(headers.get(errorCode), headers.get(errorMessage))
  const follows = headers.get(more) === '1'
  for (const mark of [more, errorCode, errorMessage]) headers.delete(mark)
  return {
    ...(headers.size > 0 ? { headers } : {}),
    ...(follows ? { more: true } : {}),
    ...(error ? { error } : {}),
  }
}

function failureIn(code: string | undefined, message = ''): Failure | undefined {
  if (code === undefined) return undefined
  try {
    return { code: decodeURIComponent(code), message: decodeURIComponent(message) }
  } catch {
    return { code, message } // a stranger's own words
  }
}
