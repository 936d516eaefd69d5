import { besideSize, headerSize, type Payload, payloadSize } from '@wildcast/protocol'
import type { ValueWrite } from '../../core/store.js'

/** Returns the bytes of the value that a write makes: subject, payload, headers and will. */
export function sizeOfValue({ message, will }: ValueWrite): number {
  return (
    payloadSize(message.subject) +
    payloadSize(message.payload) +
    headerSize(message) +
    besideSize(message) +
    (will ? payloadSize(will.payload) : 0)
  )
}

/** Copies bytes that are a part of a longer buffer: it would stay in memory with them. */
export function ownPayload(payload: Payload): Payload {
  if (typeof payload === 'string' || payload.byteLength === payload.buffer.byteLength) return payload
  return new Uint8Array(payload)
}
