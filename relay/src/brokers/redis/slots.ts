/** The slots that the nodes of a cluster share. */
const slots = 16_384

/**
 * The slot of a key or of a sharded channel: CRC16 (XMODEM) of the text in its first braces, or of
 * all of it. See the Redis cluster specification.
 */
export function slotOf(key: string): number {
  const open = key.indexOf('{')
  const close = open < 0 ? -1 : key.indexOf('}', open + 1)
  const hashed = close > open + 1 ? key.slice(open + 1, close) : key
  let crc = 0
  for (const byte of Buffer.from(hashed)) {
    crc ^= byte << 8
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1
    crc &= 0xffff
  }
  return crc % slots
}
