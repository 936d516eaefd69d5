import { encodeBase64 } from '@wildcast/protocol/client'

/** Creates a random key of 128 bits. */
export function newKey(): string {
  const text = encodeBase64(crypto.getRandomValues(new Uint8Array(16)))
  return text.slice(0, 22).replace(/\+/g, '-').replace(/\//g, '_')
}
