import { WildcastError } from '@wildcast/protocol'

/** Identifies a publish, so that a store does it once, however often it is sent. */
export interface PublishKey {
  /** The key that the client has given, with its user. */
  readonly name: string
  /** Equal for equal publishes, of any codec and at any relay. */
  readonly fingerprint: string
}

/** How long a key is remembered, in milliseconds. */
export const keyMs = 120_000

/** Returns the refusal of a key that belongs to another message. */
export function usedKey(): WildcastError {
  return new WildcastError('invalid_frame', 'the key belongs to another message; give each message its own')
}
