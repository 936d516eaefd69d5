import {
  type BrokerMessage,
  type Failure,
  type Headers,
  headersFit,
  isHeaderName,
  isHeaderValue,
  limits,
} from '@wildcast/protocol'
import { pathHeader } from '../../core/broker.js'

// Where a broker carries headers, the marks of an answer travel among them.
const more = 'wildcast-more'
const errorCode = 'wildcast-error'
const errorMessage = 'wildcast-error-message'
const marks: readonly string[] = [more, errorCode, errorMessage]

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
export function headersOut({ headers, more: follows, error }: BrokerMessage): Headers {
  return [
    ...(headers ?? []),
    ...(follows ? [[more, '1'] as const] : []),
    // What an error says may hold line breaks, which headers may not.
    ...(error ? failureOut(error) : []),
  ]
}

function failureOut({ code, message }: Failure): Headers {
  return [
    [errorCode, encodeURIComponent(code)],
    [errorMessage, encodeURIComponent(message)],
  ]
}

/**
 * Reads the headers of a foreign message, in order. Those that our own clients could not have sent
 * are left out.
 * @returns undefined if there are more, or longer ones, than clients may be sent
 */
export function headersIn(
  foreign: Iterable<readonly [name: string, value: string]>,
): Partial<BrokerMessage> | undefined {
  const all = readHeaders(foreign)
  if (!all) return undefined
  const error = failureIn(lastOf(all, errorCode), lastOf(all, errorMessage))
  const follows = lastOf(all, more) === '1'
  const headers = all.filter(([name]) => !marks.includes(name))
  // The path of a bridge is added to what a client has sent.
  const path = headers.findLastIndex(([name, value]) => name === pathHeader && value.length <= longestPath)
  const sent = headers.filter((_, index) => index !== path)
  if (!headersFit({ headers: sent, error })) return undefined
  return {
    ...(headers.length > 0 ? { headers } : {}),
    ...(follows ? { more: true } : {}),
    ...(error ? { error } : {}),
  }
}

/** Stops at the first that is too much: a stranger may send any number of them. */
function readHeaders(foreign: Iterable<readonly [name: string, value: string]>): Headers | undefined {
  const headers: (readonly [name: string, value: string])[] = []
  let [count, length] = [0, 0]
  for (const [name, value] of foreign) {
    length += name.length + value.length
    if (++count > mostForeignHeaders || length > mostForeignHeaderBytes) return undefined
    if (isHeaderName(name) && isHeaderValue(value)) headers.push([name, value])
  }
  return headers
}

/** Marks come last: a header that a client has called so does not stand in their place. */
function lastOf(headers: Headers, wanted: string): string | undefined {
  return headers.findLast(([name]) => name === wanted)?.[1]
}

function failureIn(code: string | undefined, message = ''): Failure | undefined {
  if (code === undefined) return undefined
  try {
    return { code: decodeURIComponent(code), message: decodeURIComponent(message) }
  } catch {
    return { code, message } // a stranger's own words
  }
}
