import { type BrokerMessage, payloadSize, WildcastError } from '@wildcast/protocol'

/** Bytes of the values that are kept for their readers, unless the limits name another number. */
export const defaultValueCache: number = 256 * 1024 * 1024

/** Bytes that a value takes besides its subject and payload. */
const overheadBytes = 200

/** Returns the bytes that a value takes in memory. */
export function sizeInMemory({ subject, payload }: Pick<BrokerMessage, 'subject' | 'payload'>): number {
  return overheadBytes + subject.length + payloadSize(payload)
}

/** The values that are read exceed the limit of a relay. */
export function valuesTooLarge(limit: number): WildcastError {
  return new WildcastError(
    'too_large',
    `the values of all patterns take more than ${limit} bytes; read a narrower pattern, or raise "value_cache"`,
  )
}
