import { refusal } from './refusal.js'
import { tooLargeBatch } from './too-large-batch.js'

/**
 * Splits a MessagePack batch, in which one value follows the other. The frames are views, not
 * copies, and are created on demand: a view of one byte takes a hundred bytes.
 * @param maxBytes - limit of a batch with several frames
 * @throws {WildcastError} before the first frame: `invalid_frame` if a value does not end within
 * the bytes; `too_large`
 */
export function splitMessagePack(bytes: Uint8Array, maxBytes: number = Number.POSITIVE_INFINITY): Iterable<Uint8Array> {
  if (bytes.length === 0) return []
  let at = endOfValue(bytes, 0)
  if (at === bytes.length) return [bytes]
  // Checked before the rest is read, which may hold millions of frames.
  if (bytes.length > maxBytes) throw tooLargeBatch(maxBytes)
  while (at < bytes.length) at = endOfValue(bytes, at)
  return framesOf(bytes)
}

function* framesOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; ) {
    const end = endOfValue(bytes, at)
    yield bytes.subarray(at, end)
    at = end
  }
}

/** Index after the value that begins at `start`, of any type. */
function endOfValue(bytes: Uint8Array, start: number): number {
  let at = start
  // A frame may have millions of values: for almost all of them two table look-ups are enough.
  for (let values = 1; values > 0; values--) {
    if (at >= bytes.length) throw incomplete()
    const tag = bytes[at] as number
    const size = bytesOfTag[tag] as number
    if (size > 0) {
      at += size
      values += valuesOfTag[tag] as number
    } else {
      const { length, each, extra } = countedAt(tag)
      const count = uint(bytes, at + 1, length)
      at += 1 + length + (each > 0 ? 0 : extra + count)
      values += each * count
    }
    // Each value takes at least one byte, so the loop ends early if too many are announced.
    if (at > bytes.length || values - 1 > bytes.length - at) throw incomplete()
  }
  return at
}

/** A type whose tag is followed by a count. */
interface Counted {
  /** Bytes of the count. */
  readonly length: number
  /** Values per counted item; 0 if the count is in bytes. */
  readonly each: number
  /** Bytes between the count and the counted bytes. */
  readonly extra: number
}

const counted = (length: number, each = 0, extra = 0): Counted => ({ length, each, extra })

// See https://github.com/msgpack/msgpack/blob/master/spec.md#formats.
const countedTags: ReadonlyMap<number, Counted> = new Map([
  ...inOrder(0xc4, [counted(1), counted(2), counted(4)]), // bin
  ...inOrder(0xc7, [counted(1, 0, 1), counted(2, 0, 1), counted(4, 0, 1)]), // extensions, which `decode` refuses
  ...inOrder(0xd9, [counted(1), counted(2), counted(4)]), // text
  ...inOrder(0xdc, [counted(2, 1), counted(4, 1)]), // arrays
  ...inOrder(0xde, [counted(2, 2), counted(4, 2)]), // maps
])

function countedAt(tag: number): Counted {
  const found = countedTags.get(tag)
  if (found) return found
  throw refusal('invalid_frame', 'the batch contains the byte 0xC1, which MessagePack does not use')
}

const sizes: ReadonlyMap<number, number> = new Map([
  ...inOrder(0xca, [5, 9]), // floats
  ...inOrder(0xcc, [2, 3, 5, 9]), // unsigned integers
  ...inOrder(0xd0, [2, 3, 5, 9]), // signed integers
  ...inOrder(0xd4, [3, 4, 6, 10, 18]), // short extensions
])

/** Bytes of a value with its tag; 0 if a count follows the tag. */
const bytesOfTag: Uint8Array = Uint8Array.from({ length: 256 }, (_, tag) => {
  if (tag >= 0xa0 && tag <= 0xbf) return 1 + (tag & 0x1f)
  return sizes.get(tag) ?? (countedTags.has(tag) || tag === 0xc1 ? 0 : 1)
})

/** Number of values nested in a value, if its tag contains it. */
const valuesOfTag: Uint8Array = Uint8Array.from({ length: 256 }, (_, tag) => {
  if (tag >= 0x80 && tag <= 0x8f) return 2 * (tag & 0x0f)
  return tag >= 0x90 && tag <= 0x9f ? tag & 0x0f : 0
})

function inOrder<Value>(first: number, values: readonly Value[]): [number, Value][] {
  return values.map((value, i) => [first + i, value])
}

function uint(bytes: Uint8Array, at: number, size: number): number {
  let value = 0
  for (let i = at; i < at + size; i++) value = value * 256 + (bytes[i] ?? 0)
  return value
}

function incomplete(): Error {
  return refusal('invalid_frame', 'the batch ends inside a frame; send whole frames')
}
