import { constants, deflateRawSync } from 'node:zlib'

/** How the messages of a client are framed: compressed, if it has agreed on that. */
export type Framing = 'plain' | 'deflated'

// RFC 6455, section 5.2: what a server sends is unmasked, so one final frame is the same bytes for every client.

const finalText = 0x81
const finalBinary = 0x82

/** RFC 7692, section 6: the first bit after `final` says that the message is compressed. */
const compressed = 0x40

/** Shorter messages gain too little. */
const worthCompressing = 1024

/** To compress a longer one would keep all clients waiting: a megabyte takes up to 30 ms. */
const mostCompressed = 512 * 1024

/** RFC 7692, section 7.2.1: the end of each compressed message is known, and left out. */
const knownEnd = 4

/** The bytes of one WebSocket message, ready for any number of sockets. */
export function wireFrame(data: string | Uint8Array): Buffer {
  return frameOf(data, typeof data === 'string' ? finalText : finalBinary)
}

/**
 * The same for sockets that have agreed on `permessage-deflate` with `server_no_context_takeover`: compressed without any memory of messages before it, it is the same
 * bytes for each of them as well.
 */
export function deflatedFrame(data: string | Uint8Array): Buffer {
  if (data.length < worthCompressing || data.length > mostCompressed) return wireFrame(data)
  const deflated = deflateRawSync(data, { level: constants.Z_BEST_SPEED, finishFlush: constants.Z_SYNC_FLUSH })
  if (deflated.length - knownEnd >= data.length) return wireFrame(data)
  const first = compressed | (typeof data === 'string' ? finalText : finalBinary)
  return frameOf(deflated.subarray(0, -knownEnd), first)
}

function frameOf(data: string | Uint8Array, first: number): Buffer {
  const text = typeof data === 'string'
  const length = text ? Buffer.byteLength(data) : data.byteLength
  const head = length < 126 ? 2 : length < 0x10000 ? 4 : 10
  const frame = Buffer.allocUnsafe(head + length)
  frame[0] = first
  if (head === 2) frame[1] = length
  else if (head === 4) {
    frame[1] = 126
    frame.writeUInt16BE(length, 2)
  } else {
    frame[1] = 127
    frame.writeBigUInt64BE(BigInt(length), 2)
  }
  if (text) frame.write(data, head)
  else frame.set(data, head)
  return frame
}

/** Several of them in one write. */
export function joinFrames(frames: readonly Uint8Array[], bytes: number): Buffer {
  return Buffer.concat(frames, bytes)
}
