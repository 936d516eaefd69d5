import { WildcastError } from '@wildcast/protocol'
import type { Context } from 'hono'
import type { HistoryWant } from '../../core/history/catch-up.js'
import { isPosition, parsePosition } from '../../core/position.js'

/** The kept messages that the client of an event stream asks for. */
export interface HistoryOfRequest {
  readonly history: HistoryWant | undefined
  /** Whether the client had a stream before, and has missed messages. */
  readonly returns: boolean
}

/** Event streams have no numbers of requests. */
const ref = 0

/**
 * Returns what a client asks for with `Last-Event-ID`, `?after=` or `?last=`. A browser that comes
 * back sends the URL of its first request, so that the header counts.
 * @throws {WildcastError} `invalid_frame`
 */
export function historyOfRequest(c: Context): HistoryOfRequest {
  const id = c.req.header('last-event-id')
  const [after, last] = [oneOf(c, 'after'), oneOf(c, 'last')]
  if (id) return { history: isPosition(id) ? { ref, after: id } : undefined, returns: true }
  if (after !== undefined && last !== undefined)
    throw new WildcastError('invalid_frame', '"after" and "last" exclude each other: leave one out')
  if (after !== undefined) return { history: { ref, after: parsePosition(after, 'after') }, returns: false }
  if (last === undefined) return { history: undefined, returns: false }
  if (!/^\d{1,9}$/.test(last)) throw new WildcastError('invalid_frame', '"last" takes a whole number from 0')
  return { history: { ref, last: Number(last) }, returns: false }
}

function oneOf(c: Context, name: string): string | undefined {
  const [text, ...more] = c.req.queries(name) ?? []
  if (more.length > 0) throw new WildcastError('invalid_frame', `the URL has two of "${name}"; leave one out`)
  return text
}
