import { scryptSync } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { fakeClock } from '../testing/fake-clock.js'
import { Accounts } from './accounts.js'
import { hasHash, hashSecret, isHash } from './scrypt.js'

let hash: string
beforeAll(async () => {
  hash = await hashSecret('opensesame')
})

/** A hash that is quick to check. */
function cheapHash(secret: string): string {
  const salt = Buffer.alloc(16, 1)
  const text = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '')
  return `$scrypt$ln=4,r=1,p=1$${text(salt)}$${text(scryptSync(secret, salt, 32, { N: 16, r: 1, p: 1 }))}`
}

const accounts = (): Accounts => new Accounts([{ name: 'ada', hash, role: 'viewer' }], fakeClock())

describe('a hash', () => {
  it('belongs to one secret, and differs each time', async () => {
    expect(await hasHash('opensesame', hash)).toBe(true)
    expect(await hasHash('opensesam', hash)).toBe(false)
    expect(await hashSecret('opensesame')).not.toBe(hash)
  })

  it('names its cost, and the secret is in no part of it', () => {
    expect(hash).toMatch(/^\$scrypt\$ln=14,r=8,p=5\$[\w+/]{22}\$[\w+/]{43}$/)
    expect(hash).not.toContain('opensesame')
  })

  it.each([
    'opensesame',
    '',
    '$scrypt$ln=14,r=8,p=5$AAAA$AAAA',
    `$scrypt$ln=30,r=8,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`,
    `$scrypt$ln=14,r=8,p=99$${'A'.repeat(22)}$${'A'.repeat(43)}`,
    '$2b$10$abcdefghijklmnopqrstuv',
  ])('%s is not valid', async (text) => {
    expect(isHash(text)).toBe(false)
    expect(await hasHash('opensesame', text)).toBe(false)
  })
})

describe('accounts', () => {
  it('give the role of the one whose secret is right', async () => {
    expect(await accounts().check('ada', 'opensesame')).toMatchObject({ name: 'ada', role: 'viewer' })
  })

  it.each([
    ['ada', 'wrong'],
    ['ada', ''],
    ['eve', 'opensesame'],
    ['__proto__', 'opensesame'],
  ])('refuse %s with "%s" in the same words (P10)', async (name, secret) => {
    await expect(accounts().check(name, secret)).rejects.toMatchObject({
      code: 'unauthorized',
      message: 'these credentials are not valid; sign in again',
    })
  })

  it('ask clients to come back while too many secrets are being checked', async () => {
    const few = new Accounts([{ name: 'ada', hash: cheapHash('opensesame'), role: 'viewer' }], fakeClock())
    const attempts = Array.from({ length: 80 }, (_, i) => few.check('ada', `wrong ${i}`))
    const codes = (await Promise.allSettled(attempts)).map((one) => one.status === 'rejected' && one.reason.code)
    expect(codes.filter((code) => code === 'unauthorized')).toHaveLength(66)
    expect(codes.filter((code) => code === 'rate_limited')).toHaveLength(14)
    expect(await few.check('ada', 'opensesame')).toMatchObject({ name: 'ada' })
  })
})
