import type { Payload } from './message.js'
import { utf8Length } from './utf8-length.js'

/** How many bytes a payload has. */
export function payloadSize(payload: Payload): number {
  return typeof payload === 'string' ? utf8Length(payload) : payload.byteLength
}
