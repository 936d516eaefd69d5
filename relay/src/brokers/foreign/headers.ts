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

// A broker that carries headers carries the marks of an answer as headers, too.
const more = 'wildcast-more'
const errorCode = 'wildcast-error'
const errorMessage = 'wildcast-error-message'
const marks: readonly string[] = [more, errorCode, errorMessage]

/** The limit of characters of a bridge's path. */
const longestPath = 1024

/** Headers that relays add: the marks of an answer, and a bridge's path. Limits exclude them. */
const added = 4

/** The limit of headers that are read from a foreign message. */
export const mostForeignHeaders: number = limits.headers + added

/**
 * The limit of characters that are read from a foreign message's headers: a percent-escape takes
 * three for one byte.
 */
export const mostForeignHeaderBytes: number = 4 * limits.headerBytes

/**
 * Returns the headers of a message with its marks, for a broker that carries headers. Values hold
 * no control characters.
 */
export function headersOut({ headers, more: hasMore, error }: BrokerMessage): Headers {
  return [
    ...(headers ?? []),
    ...(hasMore ? [[more, '1'] as const] : []),
    // Error texts may hold line breaks, headers may not.
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
 * Reads the headers of a foreign message, in order. It drops those that a Wildcast client could not
 * have sent.
 * @returns undefined if their number or size exceeds what clients may be sent
 */
export function headersIn(
  foreign: Iterable<readonly [name: string, value: string]>,
): Partial<BrokerMessage> | undefined {
  const all = readHeaders(foreign)
  if (!all) return undefined
  const error = failureIn(lastOf(all, errorCode), lastOf(all, errorMessage))
  const hasMore = lastOf(all, more) === '1'
  const headers = all.filter(([name]) => !marks.includes(name))
  // A bridge adds its path to the headers that a client has sent.
  const path = headers.findLastIndex(([name, value]) => name === pathHeader && value.length <= longestPath)
  const sent = headers.filter((_, index) => index !== path)
  if (!headersFit({ headers: sent, error })) return undefined
  return {
    ...(headers.length > 0 ? { headers } : {}),
    ...(hasMore ? { more: true } : {}),
    ...(error ? { error } : {}),
  }
}

/** Stops at the limit: foreign messages may have any number of headers. */
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

/** The marks come last, so a client's header with the name of a mark does not replace it. */
function lastOf(headers: Headers, wanted: string): string | undefined {
  return headers.findLast(([name]) => name === wanted)?.[1]
}

function failureIn(code: string | undefined, message = ''): Failure | undefined {
  if (code === undefined) return undefined
  try {
    return { code: decodeURIComponent(code), message: decodeURIComponent(message) }
  } catch {
    return { code, message } // foreign text, not escaped by a relay
  }
}
