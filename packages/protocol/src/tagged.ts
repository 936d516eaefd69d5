import type { RawFrame } from './codec.js'
import { refusal } from './refusal.js'

/**
 * Reads the externally tagged form of all frames: `{"Kind": body}`, or the bare string `"Kind"`.
 */
export function untag(value: unknown): RawFrame {
  if (typeof value === 'string') return { kind: value, body: undefined }
  if (isRecord(value)) {
    const keys = Object.keys(value)
    const kind = keys[0]
    if (keys.length === 1 && kind !== undefined) return { kind, body: value[kind] }
  }
  throw refusal('invalid_frame', 'a frame is {"Kind": body} with exactly one kind, or a bare "Kind"')
}

/** Whether a decoded value is an object with named fields. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
}
