import { WildcastError } from '@wildcast/protocol'
import { type Authenticate, accountOf, everything, type Identity, unknown } from '../../../core/access/identity.js'
import type { RelayView } from '../../../core/relay.js'
import type { NewClient } from '../dialect.js'
import { MqttFault } from './codec/fault.js'
import type { ConnectPacket } from './codec/packets.js'
import { reasons } from './codec/reasons.js'
import { credentialsOfConnect } from './credentials-of-connect.js'

/** A client whose credentials are checked. */
export interface KnownClient {
  readonly identity: Identity
  /** The relay, as it sees it. */
  readonly relay: RelayView
  /** Its client id, which the server has chosen if it gave none. */
  readonly clientId: string
  readonly isAssigned: boolean
}

/**
 * Finds out who a client is.
 * @throws {WildcastError} by rejection: `unauthorized`, `token_expired`, `forbidden`,
 * `rate_limited`
 * @throws {MqttFault} by rejection: `badAuthMethod`, `clientIdInvalid`
 */
export async function knownClient(packet: ConnectPacket, relay: RelayView, client: NewClient): Promise<KnownClient> {
  const { version, clientId, cleanStart, properties } = packet
  if (properties.authMethod !== undefined)
    throw new MqttFault(reasons.badAuthMethod, 'enhanced authentication is not supported; use a password')
  // [MQTT-3.1.3-8] of 3.1.1; MQTT 3.1 has no empty ids.
  if (clientId === '' && version < 5 && (!cleanStart || version === 3))
    throw new MqttFault(reasons.clientIdInvalid, 'a session that is kept needs a client id')
  const [view, user] = namespaceOf(relay, packet.user)
  const identity = await identityOf(view, { ...packet, user }, client)
  client.known?.(identity)
  return { identity, relay: view, clientId: clientId || relay.newId(), isAssigned: clientId === '' }
}

/** `user@namespace` names a namespace, if there is one of that name. */
function namespaceOf(relay: RelayView, user: string | undefined): readonly [RelayView, string | undefined] {
  const at = user?.lastIndexOf('@') ?? -1
  if (user === undefined || at < 0) return [relay, user]
  const within = relay.within(user.slice(at + 1))
  return within.brokers().length > 0 ? [within, user.slice(0, at)] : [relay, user]
}

async function identityOf(
  { authenticate }: { readonly authenticate: Authenticate | undefined },
  packet: Pick<ConnectPacket, 'version'> & { readonly user: string | undefined; readonly password?: Uint8Array },
  client: NewClient,
): Promise<Identity> {
  if (client.identity !== unknown) return client.identity
  if (!authenticate) return everything
  const { user, password } = packet
  const tries = credentialsOfConnect(client.credentials, {
    ...(user !== undefined && { user }),
    ...(password && { password }),
  })
  let refused: unknown
  for (const credentials of tries)
    try {
      return await authenticate(credentials)
    } catch (cause) {
      refused = cause
    }
  throw WildcastError.from(refused)
}

/** Returns the key of a client's session. Clients of different users have different sessions. */
export function sessionKeyOf({ identity, clientId }: KnownClient, scope: string): string {
  return JSON.stringify([scope, identity.namespace ?? null, accountOf(identity) ?? null, clientId])
}
