import { refusal } from './refusal.js'

/** Several frames have come in one message that has more than `most` bytes. */
export function tooLargeBatch(most: number): Error {
  return refusal('too_large', `a message with several frames has ${most} bytes at most; send fewer at once`)
}
