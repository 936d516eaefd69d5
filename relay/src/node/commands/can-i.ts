import type { ActionKind } from '@wildcast/protocol'
import { Argument, Command } from 'commander'
import type { Person } from '../../auth/identities.js'
import type { Credentials } from '../../core/access/identity.js'
import { actionKinds } from '../../core/access/rules.js'
import type { Config } from '../config/config.js'
import { readConfig } from '../config/read-config.js'
import { checkPermission } from '../permission-check.js'
import { type ConfigFlag, configFlag, configOf, note } from './config-flag.js'
import { brokerFlag } from './connect.js'
import { type ClaimsFlag, claimFlag, roleFlag, tokenFlag, userFlag } from './identity-flags.js'

interface Flags extends ConfigFlag {
  readonly broker?: string
  readonly token?: string
  readonly user?: string
  readonly role?: string
  readonly claim?: ClaimsFlag
}

/**
 * `wildcast can-i`: whether a client may do something, by the configuration alone. Exits with 0 for
 * yes and 1 for no.
 */
export function canI(): Command {
  return new Command('can-i')
    .description('answer whether a client may do something, by the configuration, without a running relay')
    .addArgument(new Argument('<action>').choices(actionKinds))
    .argument('<subject>', 'such as room.42')
    .addOption(brokerFlag())
    .addOption(tokenFlag())
    .addOption(userFlag())
    .addOption(roleFlag())
    .addOption(claimFlag())
    .addOption(configFlag())
    .addHelpText('after', '\nWithout a token, a user and a role it answers for a client without credentials.')
    .action(async (kind: ActionKind, subject: string, flags: Flags) => {
      const file = configOf(flags)
      const config = await readConfig(file)
      if (!config.auth) note([`${file} has no [auth]: every client may do everything`])
      const { broker } = flags
      const { allowed, why } = await checkPermission(config, clientOf(flags, config), { kind, subject, broker })
      // The module of [auth] may keep the process alive.
      process.stdout.write(allowed ? 'yes\n' : `no: ${why}\n`, () => process.exit(allowed ? 0 : 1))
    })
}

/** A user without `--role` has the role of the configuration's user or key of that name. */
function clientOf({ token, user, role, claim }: Flags, { auth }: Config): Credentials | Person {
  if (user === undefined && role === undefined) return { headers: {}, token }
  const own = user === undefined ? undefined : (auth?.users?.[user] ?? auth?.keys?.[user])
  return { user, role: role ?? own?.role, claims: claim }
}
