import { limits } from './limits.js'
import { refusal } from './refusal.js'

/** The kinds that carry a payload, after the characters that a codec writes before a kind. */
const carriesPayload = /^.{1,8}(?:Publish|Request|Enter)/s

/** Length of a frame's start that contains its kind. */
const headLength = 16

/**
 * Refuses a long frame without a payload before it is decoded: decoding several megabytes would
 * block the process for nothing.
 * @throws {WildcastError} `invalid_frame`
 */
export function checkFrameLength(data: string | Uint8Array): void {
  if (data.length <= limits.controlLength) return
  const head =
    typeof data === 'string' ? data.slice(0, headLength) : String.fromCharCode(...data.subarray(0, headLength))
  if (!carriesPayload.test(head))
    throw refusal(
      'invalid_frame',
      `only a Publish, a Request or an Enter may be longer than ${limits.controlLength} bytes`,
    )
}
