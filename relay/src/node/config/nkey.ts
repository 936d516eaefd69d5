import { createPrivateKey, createPublicKey } from 'node:crypto'

// The text form of NATS keys: base32 of a prefix, 32 bytes and a checksum (https://github.com/nats-io/nkeys).

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
/** The prefix of a user, `U`, and that of a user's seed, `SU`. */
const userPrefix = 20 << 3
const userSeedPrefix = [(18 << 3) | (userPrefix >> 5), (userPrefix & 31) << 3]
/** What stands before the 32 bytes of an Ed25519 key in PKCS #8 (RFC 8410). */
const pkcs8 = Buffer.from('302e020100300506032b657004220420', 'hex')

/** The public key of a user, by its seed; undefined if that is not the seed of a user. */
export function userOfSeed(text: string): string | undefined {
  const bytes = fromBase32(text)
  if (bytes?.length !== 36 || bytes.readUInt16LE(34) !== checksum(bytes.subarray(0, 34))) return undefined
  if (bytes[0] !== userSeedPrefix[0] || bytes[1] !== userSeedPrefix[1]) return undefined
  const key = createPrivateKey({
    key: Buffer.concat([pkcs8, bytes.subarray(2, 34)]),
    format: 'der',
    type: 'pkcs8',
  })
  const { x = '' } = createPublicKey(key).export({ format: 'jwk' })
  const named = Buffer.concat([Buffer.of(userPrefix), Buffer.from(x, 'base64url')])
  const sum = Buffer.alloc(2)
  sum.writeUInt16LE(checksum(named))
  return toBase32(Buffer.concat([named, sum]))
}

/** The user that a JWT is for; undefined if it is not a JWT. */
export function userOfJwt(text: string): string | undefined {
  const [, claims = '', signature] = text.split('.')
  if (signature === undefined) return undefined
  try {
    const { sub } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { readonly sub?: unknown }
    return typeof sub === 'string' ? sub : undefined
  } catch {
    return undefined
  }
}

function fromBase32(text: string): Buffer | undefined {
  const bytes: number[] = []
  let [bits, held] = [0, 0]
  for (const character of text) {
    const value = alphabet.indexOf(character)
    if (value < 0) return undefined
    held = ((held << 5) | value) & 0xfff
    bits += 5
    if (bits < 8) continue
    bits -= 8
    bytes.push((held >> bits) & 0xff)
  }
  return Buffer.from(bytes)
}

function toBase32(bytes: Buffer): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  return (bits.match(/.{1,5}/g) ?? []).map((five) => alphabet[Number.parseInt(five.padEnd(5, '0'), 2)]).join('')
}

/** CRC-16/XMODEM. */
function checksum(bytes: Uint8Array): number {
  let crc = 0
  for (const byte of bytes) {
    crc ^= byte << 8
    for (let bit = 0; bit < 8; bit++) crc = (crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1) & 0xffff
  }
  return crc
}
