import { encodeBase64 } from '@wildcast/protocol/client'

/** 128 random bits, as a key of a publish. */
export function newKey(): string {
  const text = encodeBase64(crypto.getRandomValues(new Uint8Array(16)))
  return text.slice(0, 22).replace(/\+/g, '-').replace(/\//g, '_')
}
