import type { BrokerMessage } from './message.js'
import { utf8Length } from './utf8-length.js'

/** Returns the bytes of what a publisher states about a payload. They count as those of headers. */
export function besideSize({ beside }: Pick<BrokerMessage, 'beside'>): number {
  return beside ? utf8Length(beside.contentType ?? '') + (beside.correlation?.length ?? 0) : 0
}
