import { headerSize, type Payload, payloadSize } from '@wildcast/protocol'
import type { ValueWrite } from '../../core/store.js'

/** The bytes of a value. */
export interface ValueSize {
  readonly payloadBytes: number
  /** All that counts for the limit: subject, payload, headers and will. */
  readonly bytes: number
}

/** Returns the size of the value that a write makes. */
export function sizeOfValue({ message, will }: ValueWrite): ValueSize {
  const payloadBytes = payloadSize(message.payload)
  const rest = payloadSize(message.subject) + headerSize(message) + (will ? payloadSize(will.payload) : 0)
  return { payloadBytes, bytes: payloadBytes + rest }
}

/** Copies bytes that are a part of a longer buffer: it would stay in memory with them. */
export function ownPayload(payload: Payload): Payload {
  if (typeof payload === 'string' || payload.byteLength === payload.buffer.byteLength) return payload
  return new Uint8Array(payload)
}
