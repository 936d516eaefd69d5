/**
 * A WebSocket frame from a client. Its mask is zero, so that it contains the payload unchanged.
 * @param {string | Uint8Array} payload
 * @param {'text' | 'binary'} kind
 * @returns {Buffer}
 */
export function frame(payload, kind) {
  const length = typeof payload === 'string' ? Buffer.byteLength(payload) : payload.length
  const header = length < 126 ? 6 : length < 65536 ? 8 : 14
  const bytes = Buffer.allocUnsafe(header + length)
  bytes[0] = kind === 'text' ? 0x81 : 0x82
  if (header === 6) bytes[1] = 0x80 | length
  else if (header === 8) {
    bytes[1] = 0x80 | 126
    bytes.writeUInt16BE(length, 2)
  } else {
    bytes[1] = 0x80 | 127
    bytes.writeBigUInt64BE(BigInt(length), 2)
  }
  bytes.fill(0, header - 4, header)
  if (typeof payload === 'string') bytes.write(payload, header)
  else bytes.set(payload, header)
  return bytes
}
