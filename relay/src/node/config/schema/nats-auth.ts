import * as v from 'valibot'
import type { NatsAuth } from '../../../brokers/settings.js'
import type { Resolve } from './certificates.js'
import { type Reads, table } from './table.js'
import { tagged } from './tagged.js'
import { secret, text } from './values.js'

const filledIn: Reads<string> = v.pipe(secret, v.nonEmpty('{it} must not be empty; fill it in'))

/** The ways to log in to NATS, with the original's names. */
export function natsAuth(resolve: Resolve): Reads<NatsAuth> {
  return tagged<NatsAuth>('way to log in', {
    Token: v.pipe(
      filledIn,
      v.transform((token) => ({ kind: 'token' as const, token })),
    ),
    User: v.pipe(
      table({ user: text, password: secret }),
      v.transform((keys) => ({ kind: 'user' as const, ...keys })),
    ),
    NKey: v.pipe(
      filledIn,
      v.transform((seed) => ({ kind: 'nkey' as const, seed })),
    ),
    Jwt: v.pipe(
      table({ nkey_seed: filledIn, jwt: filledIn }),
      v.transform(({ nkey_seed, jwt }) => ({ kind: 'jwt' as const, seed: nkey_seed, jwt })),
    ),
    CredentialsFile: v.pipe(
      text,
      v.transform((file) => ({ kind: 'credentialsFile' as const, path: resolve(file) })),
    ),
    CredentialsString: v.pipe(
      filledIn,
      v.transform((text) => ({ kind: 'credentials' as const, text })),
    ),
  })
}
