import type { Payload } from './message.js'
import { utf8Length } from './utf8-length.js'

/** Returns the number of bytes of a payload. */
export function payloadSize(payload: Payload): number {
  return typeof payload === 'string' ? utf8Length(payload) : payload.byteLength
}
