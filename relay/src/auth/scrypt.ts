import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'

/** Cost of a new hash: 16 MiB and some 50 ms, as OWASP advises for scrypt. */
const usual = { N: 2 ** 14, r: 8, p: 5 }

/** No hash may cost more: it could stop the relay. */
const mostMemory = 128 * 1024 * 1024

interface Hash {
  readonly N: number
  readonly r: number
  readonly p: number
  readonly salt: Buffer
  readonly hash: Buffer
}

/**
 * Hashes a password or key, as `$scrypt$ln=14,r=8,p=5$salt$hash` with base64 (PHC string format).
 */
export async function hashSecret(secret: string): Promise<string> {
  const salt = randomBytes(16)
  const { N, r, p } = usual
  const hash = await derive(secret, { ...usual, salt, hash: Buffer.alloc(32) })
  return `$scrypt$ln=${Math.log2(N)},r=${r},p=${p}$${base64(salt)}$${base64(hash)}`
}

/** Whether a secret has this hash. */
export async function hasHash(secret: string, text: string): Promise<boolean> {
  const hash = parse(text)
  return hash !== undefined && timingSafeEqual(await derive(secret, hash), hash.hash)
}

/** Whether a text is a hash as `hashSecret` makes it. */
export function isHash(text: string): boolean {
  return parse(text) !== undefined
}

function parse(text: string): Hash | undefined {
  const found = /^\$scrypt\$ln=(\d+),r=(\d+),p=(\d+)\$([\w+/-]+)\$([\w+/-]+)$/.exec(text)
  if (!found) return undefined
  const [, ln, r, p, salt = '', hash = ''] = found
  const parsed = {
    N: 2 ** Number(ln),
    r: Number(r),
    p: Number(p),
    salt: Buffer.from(salt, 'base64'),
    hash: Buffer.from(hash, 'base64'),
  }
  const fits = parsed.N > 1 && parsed.r > 0 && parsed.p > 0 && parsed.p <= 16 && memoryOf(parsed) <= mostMemory
  return fits && parsed.hash.length >= 16 ? parsed : undefined
}

function derive(secret: string, { N, r, p, salt, hash }: Hash): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(secret.normalize('NFKC'), salt, hash.length, { N, r, p, maxmem: 2 * mostMemory }, (error, key) =>
      error ? reject(error) : resolve(key),
    )
  })
}

function memoryOf({ N, r }: Hash): number {
  return 128 * N * r
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '')
}
