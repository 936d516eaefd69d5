import { refusal } from './refusal.js'

/** Creates the error for several frames in one message of more than `maxBytes` bytes. */
export function tooLargeBatch(maxBytes: number): Error {
  return refusal('too_large', `a message with several frames has at most ${maxBytes} bytes; send fewer frames at once`)
}
