import type { ActionKind } from '@wildcast/protocol'
import * as v from 'valibot'
import { jwtVerifier } from '../../../auth/jwt.js'
import { isHash } from '../../../auth/scrypt.js'
import type { AuthSettings, JwtSettings } from '../../../auth/settings.js'
import { actionKinds, faultOfRule, type RuleSet } from '../../../core/access/rules.js'
import { realClock } from '../../../core/clock.js'
import { meant } from '../nearest.js'
import type { Context } from './context.js'
import { named } from './named.js'
import { keyIn, optional, type Reads, table } from './table.js'
import { list, secret, text, truth, wholeNumber } from './values.js'

/** The table `[auth]`, without the roles. */
export interface AuthKeys extends Omit<AuthSettings, 'roles'> {
  /** The path of the module with the hooks. */
  readonly module?: string | undefined
}

/** The table `[auth]`: how clients prove who they are. */
export function auth({ resolve, isFile }: Context): Reads<AuthKeys> {
  const module = v.pipe(
    text,
    v.transform(resolve),
    v.check(isFile, '{it} names a file that does not exist; create it or correct the path'),
  )
  return table({
    anonymous: optional(text),
    cookie: optional(v.pipe(text, v.regex(/^[\w-]+$/, '{it} must be the name of a cookie'))),
    explain: optional(truth),
    module: optional(module),
    jwt: optional(jwt),
    users: optional(named('user', table({ password: hash, ...account }, accountExamples('password')))),
    keys: optional(named('key', table({ hash, ...account }, accountExamples('hash')))),
  })
}

const accountExamples = (key: string): { readonly [key: string]: string } => ({
  [key]: 'what "npx wildcast hash" prints',
  role: '"viewer"',
})

const account = { role: text, namespace: optional(text) }

const hash: Reads<string> = v.pipe(
  secret,
  v.check(isHash, '{it} must be a hash; "npx wildcast hash" prints one for a password or a new key'),
)

const jwt: Reads<JwtSettings> = v.pipe(
  table({
    key: optional(secret),
    jwks: optional(text),
    issuer: optional(text),
    audience: optional(text),
    leeway_ms: optional(wholeNumber(0, 3_600_000, 'milliseconds')),
  }),
  v.transform(({ key, jwks, leeway_ms, ...claims }) => ({
    ...claims,
    key,
    jwks: jwks === undefined ? undefined : jwks.trimStart().startsWith('{') ? { text: jwks } : { url: jwks },
    leewayMs: leeway_ms,
  })),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return
    const { value } = dataset
    const fault = faultOfJwt(value)
    // The path of the key: if its variable is not set, that is the only problem.
    const key = value.key !== undefined ? 'key' : value.jwks ? 'jwks' : undefined
    if (fault !== undefined)
      addIssue({ message: `{it}: ${fault}`, ...(key !== undefined && { path: pathIn(value, [key]) }) })
  }),
)

function faultOfJwt(settings: JwtSettings): string | undefined {
  if (settings.key !== undefined && settings.jwks) return 'both "key" and "jwks" are given; leave one of them out'
  try {
    jwtVerifier(settings, { clock: realClock })
    return undefined
  } catch (cause) {
    return cause instanceof TypeError ? cause.message : 'the key can not be used'
  }
}

/** The tables `[roles.NAME]`. */
export function roles({ brokers, namesInNamespaces }: Context): Reads<Readonly<Record<string, RuleSet>>> {
  const rule = v.pipe(
    v.string('{it} must be text, in quotes'),
    v.rawCheck(({ dataset, addIssue }) => {
      if (!dataset.typed) return
      const fault = faultOfRule(dataset.value, [...new Set([...brokers, ...namesInNamespaces])])
      if (fault !== undefined) addIssue({ message: `{it}: ${fault}` })
    }),
  )
  const rules = list(rule, '["room.*"]')
  const lists = Object.fromEntries(actionKinds.map((kind) => [kind, optional(rules)])) as Record<
    ActionKind,
    ReturnType<typeof optional<readonly string[]>>
  >
  return named('role', table({ ...lists, deny: optional(table(lists)) }) as Reads<RuleSet>)
}

interface WithAuth {
  readonly auth?: AuthKeys | undefined
  readonly roles?: Readonly<Record<string, RuleSet>> | undefined
  readonly component?: readonly { readonly role?: string }[] | undefined
}

/** Checks that each named role exists, and that roles have an effect. */
export function knownRoles<Input extends WithAuth>(): v.RawCheckAction<Input> {
  return v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return
    const { auth, roles = {}, component = [] } = dataset.value
    const known = Object.keys(roles)
    const check = (role: string | undefined, path: readonly (string | number)[]): void => {
      if (role === undefined || Object.hasOwn(roles, role)) return
      const choice = known.length === 0 ? `add [roles.${role}]` : `there are: ${known.join(', ')}`
      const message = `{it} names no role; ${choice}${meant(role, known)}`
      addIssue({ message, path: pathIn(dataset.value, path) })
    }
    check(auth?.anonymous, ['auth', 'anonymous'])
    for (const [name, { role }] of Object.entries(auth?.users ?? {})) check(role, ['auth', 'users', name, 'role'])
    for (const [name, { role }] of Object.entries(auth?.keys ?? {})) check(role, ['auth', 'keys', name, 'role'])
    for (const [i, { role }] of component.entries()) check(role, ['component', i, 'role'])
    const isUsed = auth !== undefined || component.some(({ role }) => role !== undefined)
    if (!isUsed && known.length > 0)
      addIssue({ message: '{it} has no effect without [auth]; add [auth]', path: pathIn(dataset.value, ['roles']) })
  })
}

type Path = [v.ObjectPathItem, ...v.ObjectPathItem[]]

function pathIn(root: unknown, keys: readonly (string | number)[]): Path {
  let at: unknown = root
  return keys.map((key) => {
    const item = { ...keyIn(at, String(key)), key }
    at = Object(at)[key]
    return item
  }) as Path
}
