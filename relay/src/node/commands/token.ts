import { Command, InvalidArgumentError, Option } from 'commander'
import { signToken } from '../../auth/sign-token.js'
import { realClock } from '../../core/clock.js'
import { readConfig } from '../config/read-config.js'
import { defined } from '../config/schema/defined.js'
import { openAuth } from '../open-auth.js'
import { type ConfigFlag, configFlag, configOf } from './config-flag.js'
import { type ClaimsFlag, claimFlag, namespaceFlag, roleFlag, userFlag } from './identity-flags.js'

interface Flags extends ConfigFlag {
  readonly user: string
  readonly role?: string
  readonly namespace?: string
  readonly expires: number
  readonly claim?: ClaimsFlag
}

const unitMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** `wildcast token`: signs a token for development, with the secret of the configuration. */
export function token(): Command {
  return new Command('token')
    .description('sign a token for development, with the secret in [auth.jwt]')
    .addOption(userFlag().makeOptionMandatory())
    .addOption(roleFlag())
    .addOption(namespaceFlag('a namespace of the configuration'))
    .addOption(
      new Option('--expires <time>', 'for how long it is valid, such as 30s, 15m, 1h or 7d')
        .default(unitMs.h, '1h')
        .argParser(duration),
    )
    .addOption(claimFlag())
    .addOption(configFlag())
    .action(async (flags: Flags) => {
      process.stdout.write(`${await signed(configOf(flags), flags)}\n`)
    })
}

/** @throws {Error} if a relay with this configuration would refuse the token */
async function signed(file: string, { user, role, namespace, expires, claim = {} }: Flags): Promise<string> {
  const { auth, namespaces = {} } = await readConfig(file)
  if (!auth) throw new Error(`${file} has no [auth], so its relay checks no tokens; add [auth.jwt] with a "key"`)
  const own = defined({ role, namespace })
  const [first] = Object.keys(own)
  if (first !== undefined && 'wildcast' in claim)
    throw new Error(`the claim "wildcast" may hold the ${first}, too; give it without --${first}`)
  const claims = first === undefined ? claim : { ...claim, wildcast: own }
  const token = await signToken(auth.jwt, { user, validMs: expires, claims }, realClock).catch((cause: unknown) => {
    throw new Error(`${file}: ${cause instanceof Error ? cause.message : String(cause)}`)
  })
  let reason = ''
  const { authenticate } = await openAuth({ ...auth, module: undefined }, (error) => {
    reason = error.message
  })
  await authenticate({ headers: {}, token }).catch(() => {
    throw new Error(`the relay would refuse this token: ${reason}${knownRoles(Object.keys(auth.roles ?? {}))}`)
  })
  if (namespace !== undefined && !Object.hasOwn(namespaces, namespace))
    throw new Error(`${file} has no namespace "${namespace}"; add [namespaces.${namespace}]`)
  return token
}

function knownRoles(names: readonly string[]): string {
  return names.length === 0 ? '; there are no roles' : `; there are the roles ${names.join(', ')}`
}

function duration(text: string): number {
  const [, number, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? []
  const ms = Number(number) * (unitMs[unit] ?? 0)
  if (ms > 0) return ms
  throw new InvalidArgumentError('Allowed: a whole number and s, m, h or d, such as 1h.')
}
