import { WildcastError } from './errors.js'
import { limits } from './limits.js'
import { decodeUtf8 } from './utf8.js'

const refuse = (why: string): WildcastError =>
  new WildcastError('invalid_frame', `the frame is not plain MessagePack: ${why}`)

/** Bytes of the numbers 0xca … 0xd3: float32, float64, uint8 … uint64, int8 … int64. */
const numberSizes = [4, 8, 1, 2, 4, 8, 1, 2, 4, 8]

/**
 * Walks over MessagePack that a stranger sent, before anything is built from it: exactly one complete value, no extension types, valid UTF-8 in strings, no length
 * beyond the frame's end, no nesting past `limits.depth`.
 * @throws {WildcastError} `invalid_frame`
 */
export function checkMessagePack(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  /** For each open array or map, how many values are still to come. */
  const open: number[] = [1]
  let at = 0

  const need = (count: number): void => {
    if (count > bytes.length - at) throw refuse('it ends too early')
  }
  const length = (size: 1 | 2 | 4): number => {
    need(size)
    const value = size === 1 ? view.getUint8(at) : size === 2 ? view.getUint16(at) : view.getUint32(at)
    at += size
    return value
  }
  const skip = (count: number): void => {
    need(count)
    at += count
  }
  const text = (count: number): void => {
    need(count)
    const part = bytes.subarray(at, at + count)
    if (part.some((byte) => byte > 0x7f) && decodeUtf8(part) === undefined) throw refuse('a string is not UTF-8')
    at += count
  }
  const enter = (count: number): void => {
    need(count) // each value takes a byte at least
    if (open.length > limits.depth) throw refuse(`it is nested deeper than ${limits.depth}`)
    open.push(count)
  }

  while (open.length > 0) {
    const left = open.pop() as number
    if (left === 0) continue
    open.push(left - 1)
    const tag = length(1)
    if (tag <= 0x7f || tag >= 0xe0 || tag === 0xc0 || tag === 0xc2 || tag === 0xc3) continue
    if (tag <= 0x8f) enter(2 * (tag & 0x0f))
    else if (tag <= 0x9f) enter(tag & 0x0f)
    else if (tag <= 0xbf) text(tag & 0x1f)
    else if (tag >= 0xc4 && tag <= 0xc6) skip(length([1, 2, 4][tag - 0xc4] as 1 | 2 | 4))
    else if (tag >= 0xca && tag <= 0xd3) skip(numberSizes[tag - 0xca] as number)
    else if (tag >= 0xd9 && tag <= 0xdb) text(length([1, 2, 4][tag - 0xd9] as 1 | 2 | 4))
    else if (tag === 0xdc || tag === 0xdd) enter(length(tag === 0xdc ? 2 : 4))
    else if (tag === 0xde || tag === 0xdf) enter(2 * length(tag === 0xde ? 2 : 4))
    else throw refuse('it holds an extension type or the byte 0xC1')
  }
  if (at !== bytes.length) throw refuse('bytes follow its value')
}
