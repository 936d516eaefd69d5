import { type ActionKind, WildcastError } from '@wildcast/protocol'
import { identityOfPerson, type Person } from '../auth/identities.js'
import { reasonOf } from '../auth/refusals.js'
import { memory } from '../brokers/memory.js'
import { type Credentials, everything, type Identity } from '../core/access/identity.js'
import { realClock } from '../core/clock.js'
import type { Outlet } from '../core/outlet.js'
import { createRelay } from '../core/relay.js'
import type { Config } from './config/config.js'
import { newId } from './new-id.js'
import { type Auth, openAuth } from './open-auth.js'

/** An action, as `wildcast can-i` is asked about it. */
export interface AskedAction {
  readonly kind: ActionKind
  readonly subject: string
  readonly broker?: string | undefined
  /** The namespace of the endpoint. @default none */
  readonly namespace?: string | undefined
}

export interface PermissionAnswer {
  readonly allowed: boolean
  readonly why?: string | undefined
}

const ignoringOutlet: Outlet = { deliver: () => {}, ended: () => {} }

/**
 * Decides on an action as a relay with this configuration would. The session's brokers are in
 * memory: no broker of the configuration is reached. Its hooks run.
 * @param client - what it shows the relay, or who it is
 */
export async function checkPermission(
  { brokers, namespaces, auth: settings }: Config,
  client: Credentials | Person,
  { kind, subject, broker, namespace }: AskedAction,
): Promise<PermissionAnswer> {
  let reason: string | undefined
  const onError = ({ message }: WildcastError): void => {
    reason = message
  }
  const auth = settings && (await openAuth(settings, onError))
  const relay = await createRelay({
    brokers: Object.fromEntries([...brokers.keys()].map((name) => [name, memory({ clock: realClock, newId })])),
    namespaces,
    newId,
    authorize: auth?.authorize,
    explain: true,
    onError,
  })
  try {
    const identity = await identityIn(auth, client, settings?.roles ?? {})
    const view = namespace === undefined ? relay : relay.within(namespace)
    const { allowed, why } = await view.open(ignoringOutlet, identity).actions.can(kind, subject, broker)
    return { allowed, why: reason ?? why }
  } catch (cause) {
    return { allowed: false, why: `the credentials are refused: ${reasonOf(WildcastError.from(cause))}` }
  } finally {
    await relay.close()
  }
}

async function identityIn(
  auth: Auth | undefined,
  client: Credentials | Person,
  roles: Parameters<typeof identityOfPerson>[1],
): Promise<Identity> {
  if (!auth) return everything
  return 'headers' in client ? auth.authenticate(client) : identityOfPerson(client, roles)
}
