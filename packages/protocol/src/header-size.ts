import type { WildcastError } from './errors.js'
import { limits } from './limits.js'
import type { BrokerMessage } from './message.js'
import { refusal } from './refusal.js'
import { utf8Length } from './utf8-length.js'

/** The parts of a message that travel beside its payload, within the header limits. */
export type HeaderParts = Pick<BrokerMessage, 'headers' | 'error'>

/**
 * Returns the UTF-8 bytes of all header names and values, and of an error, which brokers carry in
 * headers.
 */
export function headerSize({ headers, error }: HeaderParts): number {
  let bytes = error ? utf8Length(error.code) + utf8Length(error.message) : 0
  for (const [name, value] of headers ?? []) bytes += utf8Length(name) + utf8Length(value)
  return bytes
}

/** Whether headers and an error stay within `limits.headers` and `limits.headerBytes`. */
export function headersFit(parts: HeaderParts): boolean {
  return (parts.headers?.length ?? 0) <= limits.headers && headerSize(parts) <= limits.headerBytes
}

/**
 * Checks headers and an error against `limits.headers` and `limits.headerBytes`.
 * @throws {WildcastError} `too_large`
 */
export function checkHeaders(parts: HeaderParts): void {
  if (!headersFit(parts)) throw headersTooLarge()
}

/** Creates the error for headers that are too many or too long. */
export function headersTooLarge(): WildcastError {
  const most = `${limits.headers} headers and ${limits.headerBytes} bytes of names, values and error`
  return refusal('too_large', `a message has at most ${most}; put the rest into the payload`)
}
