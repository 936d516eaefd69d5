import { createAccount, createOperator, createUser, type KeyPair } from 'nkeys.js'

/** An operator with an account, in the form of a server configuration. */
export interface NatsAccounts {
  /** Lines of nats.conf. */
  readonly config: string
  /** Issues a user of the account. `expires` is in seconds since 1970. @default never */
  issueUser(expires?: number): NatsUser
}

export interface NatsUser {
  readonly seed: string
  readonly jwt: string
  /** The content of a `.creds` file. */
  readonly credentials: string
}

const unlimited = { subs: -1, data: -1, payload: -1 }

/** Makes an operator with one account. */
export function natsAccounts(): NatsAccounts {
  const operator = createOperator()
  const account = createAccount()
  const name = account.getPublicKey()
  const limits = { ...unlimited, conn: -1, leaf: -1, imports: -1, exports: -1, wildcards: true }
  return {
    config: `operator: ${sign(operator, operator, { type: 'operator' })}
resolver: MEMORY
resolver_preload: { ${name}: ${sign(operator, account, { type: 'account', limits })} }`,
    issueUser(expires) {
      const user = createUser()
      const seed = new TextDecoder().decode(user.getSeed())
      const jwt = sign(account, user, { type: 'user', ...unlimited }, expires)
      return { seed, jwt, credentials: credentials(jwt, seed) }
    },
  }
}

function sign(issuer: KeyPair, subject: KeyPair, claims: object, expires?: number): string {
  const part = (content: object): string => Buffer.from(JSON.stringify(content)).toString('base64url')
  const head = part({ typ: 'JWT', alg: 'ed25519-nkey' })
  const body = part({
    jti: subject.getPublicKey(),
    iat: 0,
    ...(expires === undefined ? {} : { exp: expires }),
    iss: issuer.getPublicKey(),
    sub: subject.getPublicKey(),
    name: 'test',
    nats: { version: 2, ...claims },
  })
  const signature = issuer.sign(new TextEncoder().encode(`${head}.${body}`))
  return `${head}.${body}.${Buffer.from(signature).toString('base64url')}`
}

function credentials(jwt: string, seed: string): string {
  return `-----BEGIN NATS USER JWT-----
${jwt}
------END NATS USER JWT------

-----BEGIN USER NKEY SEED-----
${seed}
------END USER NKEY SEED------
`
}
