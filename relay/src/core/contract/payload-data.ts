import { limits, type Payload, payloadBytes, payloadText } from '@wildcast/protocol'
import type { ParsedPayloads } from '../filters/parsed-payloads.js'

/** The data of a payload, or why it has none. */
export type PayloadData = { readonly data: unknown; readonly fault?: undefined } | { readonly fault: string }

const tooLarge =
  `must have at most ${limits.values} values in ${limits.depth} levels, since the relay checks no more; ` +
  'send less at once, or declare it with type<T>()'

/** Reads a payload as receivers do: as JSON, else text, else bytes; or as its codec demands. */
export function dataOf(
  payload: Payload,
  codec: 'json' | 'text' | 'bytes' | undefined,
  parsed: ParsedPayloads,
): PayloadData {
  if (codec === 'bytes') return { data: payloadBytes(payload) }
  const text = payloadText(payload)
  if (codec === 'text') return text === undefined ? { fault: 'must be text in UTF-8' } : { data: text }
  const read = parsed.read(payload)
  if (read.fault === undefined) return read.listed > limits.values ? { fault: tooLarge } : { data: read.data }
  // A long text has many commas, but is no array or object.
  if (read.fault === 'too_large' && text !== undefined && /^\s*[[{]/.test(text)) return { fault: tooLarge }
  if (codec === 'json') return payload.length === 0 ? { data: undefined } : { fault: 'must be JSON' }
  return { data: text ?? payloadBytes(payload) }
}
