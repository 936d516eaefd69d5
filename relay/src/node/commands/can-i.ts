import type { ActionKind } from '@wildcast/protocol'
import { Argument, Command, Option } from 'commander'
import type { Person } from '../../auth/identities.js'
import type { Credentials } from '../../core/access/identity.js'
import { actionKinds } from '../../core/access/rules.js'
import type { Config } from '../config/config.js'
import { brokersAsSeen } from '../config/homes.js'
import { readConfig } from '../config/read-config.js'
import { defined } from '../config/schema/defined.js'
import { type AskedAction, checkPermission, type PermissionAnswer } from '../permission-check.js'
import { type ConfigFlag, configFlag, configOf, note } from './config-flag.js'
import { brokerFlag, type ClientFlags, once, relayUrl } from './connect.js'
import { type ClaimsFlag, claimFlag, namespaceFlag, roleFlag, tokenFlag, userFlag } from './identity-flags.js'

interface Flags extends ConfigFlag {
  readonly url?: string
  readonly broker?: string
  readonly token?: string
  readonly user?: string
  readonly role?: string
  readonly namespace?: string
  readonly claim?: ClaimsFlag
}

/**
 * `wildcast can-i`: whether a client may do something, by the configuration alone, or by the answer
 * of a running relay. Exits with 0 for yes and 1 for no.
 */
export function canI(): Command {
  return new Command('can-i')
    .description('answer whether a client may do something, by the configuration or, with --url, by a running relay')
    .addArgument(new Argument('<action>').choices(actionKinds))
    .argument('<subject>', 'such as room.42, or main:room.42 on the broker "main"')
    .addOption(brokerFlag())
    .addOption(tokenFlag())
    .addOption(userFlag())
    .addOption(roleFlag())
    .addOption(namespaceFlag('the namespace of the port that the client uses'))
    .addOption(claimFlag())
    .addOption(configFlag())
    .addOption(new Option('-u, --url <url>', 'ask this relay, with the token').argParser(relayUrl))
    .addHelpText('after', '\nWithout a token, a user and a role it answers for a client without credentials.')
    .action(async (kind: ActionKind, subject: string, { url, ...flags }: Flags, command: Command) => {
      if (url !== undefined && (flags.user ?? flags.role ?? flags.claim ?? flags.namespace) !== undefined)
        command.error('with --url the relay finds the user itself; leave out --user, --role, --claim and --namespace')
      const { allowed, why } = await (url === undefined
        ? byConfig(flags, { kind, subject, broker: flags.broker, namespace: flags.namespace })
        : byRelay({ url, ...flags }, { kind, subject, broker: flags.broker }))
      // The module of [auth] may keep the process alive.
      process.stdout.write(allowed ? 'yes\n' : `no: ${why}\n`, () => process.exit(allowed ? 0 : 1))
    })
}

async function byConfig(flags: Flags, action: AskedAction): Promise<PermissionAnswer> {
  const file = configOf(flags)
  const config = await readConfig(file)
  if (!config.auth) note([`${file} has no [auth]: every client may do everything`])
  return checkPermission(config, clientOf(flags, config), onBroker(action, [...brokersAsSeen(config).keys()]))
}

/** Reads `main:room.42` like a rule, if `main` is a broker. Other subjects may have a colon. */
function onBroker(action: AskedAction, brokers: readonly string[]): AskedAction {
  const [, prefix = '', subject = ''] = /^([^:.]+):(.+)$/.exec(action.subject) ?? []
  if (action.broker !== undefined || !['*', ...brokers].includes(prefix)) return action
  return { ...action, subject, broker: prefix === '*' ? undefined : prefix }
}

/** Resolves with the answer of a running relay, which has a reason only with `explain`. */
async function byRelay(flags: ClientFlags, action: AskedAction): Promise<PermissionAnswer> {
  let why = 'the relay gives no reason; set explain = true in its [auth], or leave out --url'
  const onWhy = (given: string): void => {
    why = given
  }
  const allowed = await once(flags, async (client) => {
    await new Promise<void>((resolve) => client.onAccess(resolve)) // it knows the brokers then
    const { kind, subject, broker } = onBroker(action, client.welcome?.brokers.map(({ name }) => name) ?? [])
    return client.can(kind, subject, { onWhy, ...defined({ broker }) })
  })
  return { allowed, why }
}

/** A user without `--role` has the role of the configuration's user or key of that name. */
function clientOf({ token, user, role, claim }: Flags, { auth }: Config): Credentials | Person {
  if (user === undefined && role === undefined) return { headers: {}, token }
  const own = user === undefined ? undefined : (auth?.users?.[user] ?? auth?.keys?.[user])
  return { user, role: role ?? own?.role, namespace: own?.namespace, claims: claim }
}
