import { WildcastError } from '@wildcast/protocol'
import type { Context } from 'hono'
import { isPosition, noPosition } from '../../../core/position.js'
import { brokerOfUrl } from '../broker-of-url.js'
import { subjectOfPath } from '../subject-of-path.js'

/** The place at which a reader begins: the start, the present end, or a position. */
export type Offset = { readonly kind: 'start' | 'now' } | { readonly kind: 'after'; readonly position: string }

/** A request to read a history. */
export interface ReadRequest {
  readonly subject: string
  readonly broker: string | undefined
  readonly offset: Offset
  /** How it waits for messages. @default it does not */
  readonly live: 'long-poll' | 'sse' | undefined
  /** The cursor of the answer before. */
  readonly cursor: string | undefined
}

/** @throws {WildcastError} `invalid_frame`, `invalid_subject` */
export function readRequestOf(c: Context): ReadRequest {
  demandParameters(c, ['broker', 'ticket', 'offset', 'live', 'cursor'])
  const [offset, live] = [c.req.query('offset'), c.req.query('live')]
  if (live !== undefined && live !== 'long-poll' && live !== 'sse') throw invalid('"live" is "long-poll" or "sse"')
  if (live !== undefined && offset === undefined) throw invalid('with "live", name an "offset": -1, now, or a position')
  return { ...historyNameOf(c), offset: offsetOf(offset), live, cursor: c.req.query('cursor') }
}

/** Returns the history that a request names. @throws {WildcastError} `invalid_subject` */
export function historyNameOf(c: Context): Pick<ReadRequest, 'subject' | 'broker'> {
  return { subject: subjectOfPath(new URL(c.req.url).pathname, '/history/'), broker: brokerOfUrl(c.req.url) }
}

/**
 * A parameter that is misspelled, or there twice, would be ignored.
 * @throws {WildcastError} `invalid_frame`
 */
export function demandParameters(c: Context, names: readonly string[]): void {
  for (const [name, values] of Object.entries(c.req.queries())) {
    if (!names.includes(name))
      throw invalid(`${JSON.stringify(name)} is not a parameter; there are: ${names.join(', ')}`)
    if (values.length > 1) throw invalid(`the URL has two of "${name}"; leave one out`)
  }
}

/** Returns the position after which a reader begins, if it is known without the history. */
export function positionOf(offset: Offset): string | undefined {
  if (offset.kind === 'after') return offset.position
  return offset.kind === 'start' ? noPosition : undefined
}

function offsetOf(text: string | undefined): Offset {
  if (text === undefined || text === '-1') return { kind: 'start' }
  if (text === 'now') return { kind: 'now' }
  if (isPosition(text)) return { kind: 'after', position: text }
  throw invalid('"offset" is -1, now, or the Stream-Next-Offset of an answer')
}

function invalid(why: string): WildcastError {
  return new WildcastError('invalid_frame', why)
}
