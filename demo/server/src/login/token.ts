import { createHmac, timingSafeEqual } from 'node:crypto'

/** The roles that a token may give: those of demo/wildcast.toml. */
export type Role = 'trader' | 'manager' | 'demo'

export interface TokenOptions {
  readonly user: string
  readonly role: Role
  /** For how long it is valid, in seconds. */
  readonly seconds: number
  /** `key` of `[auth.jwt]`: the relay checks tokens with it. */
  readonly secret: string
}

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const sign = (text: string, secret: string): string => createHmac('sha256', secret).update(text).digest('base64url')

/** Signs a JSON Web Token for development (HS256). A company's own server would do this. */
export function signJwt({ user, role, seconds, secret }: TokenOptions): string {
  const now = Math.floor(Date.now() / 1000)
  const claims = { sub: user, iat: now, exp: now + seconds, wildcast: { role } }
  const text = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`
  return `${text}.${sign(text, secret)}`
}

/** The user of a token that this server has signed, also of one that has expired. */
export function userOf(token: string, secret: string): string | undefined {
  const [, text = '', payload = '', signature = ''] = /^([\w-]+\.([\w-]+))\.([\w-]+)$/.exec(token) ?? []
  const [given, right] = [Buffer.from(signature), Buffer.from(sign(text, secret))]
  if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined
  const { sub }: { readonly sub?: unknown } = JSON.parse(Buffer.from(payload, 'base64url').toString())
  return typeof sub === 'string' ? sub : undefined
}
