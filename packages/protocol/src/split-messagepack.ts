import { refusal } from './refusal.js'
import { tooLargeBatch } from './too-large-batch.js'

/**
 * The frames of a batch in MessagePack: one value after the other. The bytes are not copied.
 * @param most - bytes that several frames may have together
 * @throws {WildcastError} `invalid_frame` if a value does not end within the bytes; `too_large`
 */
export function splitMessagePack(bytes: Uint8Array, most: number = Number.POSITIVE_INFINITY): readonly Uint8Array[] {
  const frames: Uint8Array[] = []
  for (let at = 0; at < bytes.length; ) {
    const end = endOfValue(bytes, at)
    // Before millions of frames are made of the rest.
    if (end < bytes.length && bytes.length > most) throw tooLargeBatch(most)
    frames.push(bytes.subarray(at, end))
    at = end
  }
  return frames
}

/** Index behind the value that begins at `start`, whatever is in it. */
function endOfValue(bytes: Uint8Array, start: number): number {
  let at = start
  for (let values = 1; values > 0; values--) {
    const tag = bytes[at]
    if (tag === undefined) throw incomplete()
    const size = sizeOf(bytes, at, tag)
    at += size.bytes
    values += size.values
    // Each value takes a byte at least, so that no more of them are looked for than there are.
    if (at > bytes.length || values - 1 > bytes.length - at) throw incomplete()
  }
  return at
}

interface Size {
  /** Of the tag, the length that follows it, and what is no value of its own. */
  readonly bytes: number
  /** Values that follow, inside this one. */
  readonly values: number
}

/** See https://github.com/msgpack/msgpack/blob/master/spec.md#formats. */
function sizeOf(bytes: Uint8Array, at: number, tag: number): Size {
  if (tag <= 0x7f || tag >= 0xe0 || tag === 0xc0 || tag === 0xc2 || tag === 0xc3) return { bytes: 1, values: 0 }
  if (tag <= 0x8f) return { bytes: 1, values: 2 * (tag & 0x0f) }
  if (tag <= 0x9f) return { bytes: 1, values: tag & 0x0f }
  if (tag <= 0xbf) return { bytes: 1 + (tag & 0x1f), values: 0 }
  const width = widths[tag - 0xc4]
  if (width === undefined) throw refusal('invalid_frame', 'the batch holds the byte 0xC1; what follows it is unknown')
  if (width.fixed !== undefined) return { bytes: 1 + width.fixed, values: 0 }
  const count = uint(bytes, at + 1, width.length)
  const before = 1 + width.length
  return width.values > 0
    ? { bytes: before, values: width.values * count }
    : { bytes: before + width.extra + count, values: 0 }
}

interface Width {
  /** Bytes of a value whose size is always the same. */
  readonly fixed?: number
  /** Bytes of the length otherwise. */
  readonly length: number
  /** Values for each that is counted; 0 if bytes are. */
  readonly values: number
  /** Bytes between the length and what is counted. */
  readonly extra: number
}

const counted = (length: number, values = 0, extra = 0): Width => ({ length, values, extra })
const fixed = (size: number): Width => ({ fixed: size, length: 0, values: 0, extra: 0 })

/** From 0xC4 on. */
const widths: readonly Width[] = [
  ...[counted(1), counted(2), counted(4)], // bin
  ...[counted(1, 0, 1), counted(2, 0, 1), counted(4, 0, 1)], // extensions, which `decode` refuses
  ...[fixed(4), fixed(8)], // floats
  ...[fixed(1), fixed(2), fixed(4), fixed(8)], // whole numbers
  ...[fixed(1), fixed(2), fixed(4), fixed(8)], // below zero, too
  ...[fixed(2), fixed(3), fixed(5), fixed(9), fixed(17)], // short extensions
  ...[counted(1), counted(2), counted(4)], // text
  ...[counted(2, 1), counted(4, 1)], // arrays
  ...[counted(2, 2), counted(4, 2)], // maps
]

function uint(bytes: Uint8Array, at: number, size: number): number {
  let value = 0
  for (let i = at; i < at + size; i++) value = value * 256 + (bytes[i] ?? 0)
  return value
}

function incomplete(): Error {
  return refusal('invalid_frame', 'the batch ends inside a frame; send whole ones')
}
