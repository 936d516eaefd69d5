// RFC 6455, section 5.2: what a server sends is unmasked, so one final frame is the same bytes for every client.

const finalText = 0x81
const finalBinary = 0x82

/** The bytes of one WebSocket message, ready for any number of sockets. */
export function wireFrame(data: string | Uint8Array): Buffer {
  const text = typeof data === 'string'
  const length = text ? Buffer.byteLength(data) : data.byteLength
  const head = length < 126 ? 2 : length < 0x10000 ? 4 : 10
  const frame = Buffer.allocUnsafe(head + length)
  frame[0] = text ? finalText : finalBinary
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
