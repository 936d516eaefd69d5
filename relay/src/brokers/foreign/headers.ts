import { type Failure, headersFit, isHeaderName, isHeaderValue, limits, type Message } from '@wildcast/protocol'
import { pathHeader } from '../../core/broker.js'

// Where a broker carries headers, the marks of an answer travel among them.
const more = 'wildcast-more'
const errorCode = 'wildcast-error'
const errorMessage = 'wildcast-error-message'

/** Characters of the path of a bridge. */
const longestPath = 1024

/** Headers that relays add: the marks of an answer, and the path of a bridge. They do not count. */
const added = 4

/** Headers of a foreign message that are looked at. */
export const mostForeignHeaders: number = limits.headers + added

/**
 * Characters of a foreign message's headers that are looked at: a percent-escape takes three for
 * one byte.
 */
export const mostForeignHeaderBytes: number = 4 * limits.headerBytes

/**
 * The headers of a message and its marks, for a broker that carries headers. Values hold no control
 * characters.
 */
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

/**
 * Reads the headers of a foreign message. Those that our own clients could not have sent are left
 * out; of several with one name the last counts.
 * @returns undefined if there are more, or longer ones, than clients may be sent
 */
export function headersIn(foreign: Iterable<readonly [name: string, value: string]>): Partial<Message> | undefined {
  const headers = readHeaders(foreign)
  if (!headers) return undefined
  const error = failureIn(headers.get(errorCode), headers.get(errorMessage))
  const follows = headers.get(more) === '1'
  for (const mark of [more, errorCode, errorMessage]) headers.delete(mark)
  // The path of a bridge is added to what a client has sent.
  const sent = new Map([...headers].filter(([name, value]) => name !== pathHeader || value.length > longestPath))
  if (!headersFit({ headers: sent, error })) return undefined
  return {
    ...(headers.size > 0 ? { headers } : {}),
    ...(follows ? { more: true } : {}),
    ...(error ? { error } : {}),
  }
}

/** Stops at the first that is too much: a stranger may send any number of them. */
function readHeaders(foreign: Iterable<readonly [name: string, value: string]>): Map<string, string> | undefined {
  const headers = new Map<string, string>()
  let [count, length] = [0, 0]
  for (const [name, value] of foreign) {
    length += name.length + value.length
    if (++count > mostForeignHeaders || length > mostForeignHeaderBytes) return undefined
    if (isHeaderName(name) && isHeaderValue(value)) headers.set(name, value)
  }
  return headers
}

function failureIn(code: string | undefined, message = ''): Failure | undefined {
  if (code === undefined) return undefined
  try {
    return { code: decodeURIComponent(code), message: decodeURIComponent(message) }
  } catch {
    return { code, message } // a stranger's own words
  }
}
