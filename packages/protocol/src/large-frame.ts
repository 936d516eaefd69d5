import { limits } from './limits.js'
import { refusal } from './refusal.js'

/** The kinds that carry a payload, behind what a codec writes before the name of a kind. */
const carriesPayload = /^.{1,8}(?:Publish|Request)/s

/** Characters in which the kind of a frame stands. */
const headLength = 16

/**
 * Refuses a long frame that carries no payload, before it is decoded: to decode one of several
 * megabytes would keep the process busy for nothing.
 * @throws {WildcastError} `invalid_frame`
 */
export function checkFrameLength(data: string | Uint8Array): void {
  if (data.length <= limits.controlLength) return
  const head =
    typeof data === 'string' ? data.slice(0, headLength) : String.fromCharCode(...data.subarray(0, headLength))
  if (!carriesPayload.test(head))
    throw refusal('invalid_frame', `only a Publish or a Request may be longer than ${limits.controlLength} bytes`)
}
