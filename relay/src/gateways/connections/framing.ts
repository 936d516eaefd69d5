import { constants, deflateRawSync } from 'node:zlib'

/** How the messages of a client are framed: compressed, if that was agreed on. */
export type Framing = 'plain' | 'deflated'

// RFC 6455, section 5.2: a server doesn't mask, so a final frame is the same bytes for every
// client.

const finalText = 0x81
const finalBinary = 0x82

/** RFC 7692, section 6: the bit after `final` marks a compressed message. */
const compressed = 0x40

/** Shorter messages gain too little. */
const worthCompressing = 1024

/** Compressing a longer one would delay all clients: a megabyte takes up to 30 ms. */
const mostCompressed = 512 * 1024

/** RFC 7692, section 7.2.1: the known end of each compressed message is omitted. */
const knownEnd = 4

/** Returns the bytes of a WebSocket message, for any number of sockets. */
export function wireFrame(data: string | Uint8Array): Buffer {
  return frameOf(data, typeof data === 'string' ? finalText : finalBinary)
}

/**
 * The same for sockets with `permessage-deflate` and `server_no_context_takeover`: compressed
 * without context of earlier messages, it is the same bytes for each of them as well.
 */
export function deflatedFrame(data: string | Uint8Array): Buffer {
  if (data.length < worthCompressing || data.length > mostCompressed) return wireFrame(data)
  const deflated = deflateRawSync(data, { level: constants.Z_BEST_SPEED, finishFlush: constants.Z_SYNC_FLUSH })
  if (deflated.length - knownEnd >= data.length) return wireFrame(data)
  const first = compressed | (typeof data === 'string' ? finalText : finalBinary)
  return frameOf(deflated.subarray(0, -knownEnd), first)
}

/**
 * Returns the bytes of one frame of a batch. They follow space for the head of a WebSocket message,
 * so that a single frame is not copied. `joinBatches` makes messages of them.
 */
export function batchedFrame(data: string | Uint8Array): Buffer {
  return withRoom(data, longestHead).subarray(longestHead)
}

/**
 * Joins frames into as few WebSocket messages as fit `most` bytes; only a single frame may be
 * longer.
 * @param frames - from `batchedFrame`
 * @param bytes - their total length
 */
export function joinBatches(
  frames: readonly Uint8Array[],
  bytes: number,
  { kind, most }: { readonly kind: 'text' | 'binary'; readonly most: number },
): Uint8Array {
  const first = kind === 'text' ? finalText : finalBinary
  // In JSON each frame has its own line.
  const between = kind === 'text' ? 1 : 0
  const [only] = frames
  if (only && frames.length === 1) return withHead(only, first)
  const joined = Buffer.allocUnsafe(bytes + frames.length * (longestHead + between))
  let at = 0
  for (let next = 0; next < frames.length; ) {
    const begin = next
    let length = (frames[next++] as Uint8Array).length
    for (let more = frames[next]; more && length + between + more.length <= most; more = frames[++next])
      length += between + more.length
    at = writeHead(joined, at, first, length)
    for (let i = begin; i < next; i++) {
      if (between === 1 && i > begin) joined[at++] = lineFeed
      joined.set(frames[i] as Uint8Array, at)
      at += (frames[i] as Uint8Array).length
    }
  }
  return joined.subarray(0, at)
}

const lineFeed = 0x0a
/** Bytes of the head of a message that is longer than 64 KiB. */
const longestHead = 10

function frameOf(data: string | Uint8Array, first: number): Buffer {
  const head = headOf(typeof data === 'string' ? Buffer.byteLength(data) : data.byteLength)
  const frame = withRoom(data, head)
  writeHead(frame, 0, first, frame.length - head)
  return frame
}

/** The head is the same for all who get the frame, so any of them may write it. */
function withHead(frame: Uint8Array, first: number): Buffer {
  const head = headOf(frame.length)
  const whole = Buffer.from(frame.buffer, frame.byteOffset - head, head + frame.length)
  writeHead(whole, 0, first, frame.length)
  return whole
}

function withRoom(data: string | Uint8Array, room: number): Buffer {
  const text = typeof data === 'string'
  const buffer = Buffer.allocUnsafe(room + (text ? Buffer.byteLength(data) : data.byteLength))
  if (text) buffer.write(data, room)
  else buffer.set(data, room)
  return buffer
}

function headOf(length: number): number {
  return length < 126 ? 2 : length < 0x10000 ? 4 : longestHead
}

/** Returns the start of the message's bytes. */
function writeHead(buffer: Buffer, at: number, first: number, length: number): number {
  buffer[at] = first
  if (length < 126) buffer[at + 1] = length
  else if (length < 0x10000) {
    buffer[at + 1] = 126
    buffer.writeUInt16BE(length, at + 2)
  } else {
    buffer[at + 1] = 127
    buffer.writeBigUInt64BE(BigInt(length), at + 2)
  }
  return at + headOf(length)
}

/** Joins several frames for one write. */
export function joinFrames(frames: readonly Uint8Array[], bytes: number): Uint8Array {
  const [only] = frames
  return only && frames.length === 1 ? only : Buffer.concat(frames, bytes)
}
