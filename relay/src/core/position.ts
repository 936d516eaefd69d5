import { refusal } from '@wildcast/protocol'
import { revisionOf } from './revision.js'

// The positions of messages have the form of revisions: see `revision.ts`.

/** The position before all messages. */
export const noPosition: string = revisionOf('0'.repeat(10), 0)

const form = /^[0-9a-z]{10}-[0-9a-z]{9}$/

/** Whether a relay can have written a text as a position. */
export function isPosition(text: string): boolean {
  return form.test(text)
}

/**
 * Returns the position that a client names; `start` is the one before all messages.
 * @throws {WildcastError} `invalid_frame` if no relay can have written it
 */
export function parsePosition(text: string, field: string): string {
  if (text === 'start') return noPosition
  if (isPosition(text)) return text
  throw refusal('invalid_frame', `"${field}" must be "start" or a position that a relay has sent`)
}

/** Returns a position before this one, and not before any earlier message. */
export function justBefore(position: string): string {
  const [term = '', count = ''] = position.split('-')
  return revisionOf(term, Math.max(0, Number.parseInt(count, 36) - 1))
}

/** Returns a position after this one, and not after any later message. */
export function justAfter(position: string): string {
  const [term = '', count = ''] = position.split('-')
  return revisionOf(term, Number.parseInt(count, 36) + 1)
}

/** Returns the later one of two positions. */
export function laterOf(one: string, other: string): string {
  return one > other ? one : other
}
