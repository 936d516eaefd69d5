import type { Credentials } from '../../../core/access/identity.js'
import type { ConnectPacket } from './codec/packets.js'

/** Forms of a token, and of a key: `robot.4Yk…`. */
const tokenForm = /^[\w-]+\.[\w-]+(?:\.[\w-]*)?$/

/**
 * Returns the credentials that a CONNECT may have meant, in the order in which to try them: a token
 * or key as the password, or a user and its password.
 */
export function credentialsOfConnect(
  given: Credentials,
  { user, password }: Pick<ConnectPacket, 'user' | 'password'>,
): readonly Credentials[] {
  if (user === undefined && password === undefined) return [given]
  const text = Buffer.from(password ?? []).toString()
  const basic = `Basic ${Buffer.from(`${user ?? ''}:${text}`).toString('base64')}`
  const tokens = tokenForm.test(text) ? [text, basic] : [basic]
  return tokens.map((token) => ({
    ...given,
    token,
    headers: { ...given.headers, authorization: token === basic ? basic : `Bearer ${token}` },
  }))
}
