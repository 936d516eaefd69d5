import type { RelayView } from '../../../core/relay.js'
import type { WillMessageCommand } from '../../../core/will-messages/session-will-messages.js'
import { AcceptedClient } from './accepted-client.js'
import { MqttFault } from './codec/fault.js'
import type { ConnectPacket, MqttProperties } from './codec/packets.js'
import { reasons } from './codec/reasons.js'
import { type Entering, packetRest, receiveMaximum, topicAliasMaximum } from './entering.js'
import { type KnownClient, knownClient, sessionKeyOf } from './known-client.js'
import type { MqttSession } from './mqtt-session.js'
import type { SessionOwner } from './mqtt-sessions.js'
import { type ClientTerms, termsOf } from './terms.js'
import { willCommandOf } from './will.js'

/** A client that passed all checks. */
interface Admitted {
  readonly known: KnownClient
  readonly owner: SessionOwner
  readonly terms: ClientTerms
  readonly will: WillMessageCommand | undefined
}

/**
 * Accepts a client, and answers its CONNECT, unless its connection is gone.
 * @throws {WildcastError} by rejection, as `knownClient`, or if the will is refused
 * @throws {MqttFault} by rejection, with the reason of the refusal
 */
export async function acceptClient(entering: Entering<AcceptedClient>): Promise<void> {
  const { packet, server, scope, settings, relay, client } = entering
  const known = await knownClient(packet, relay, client)
  const owner = { key: sessionKeyOf(known, scope), user: known.identity.user }
  const fresh = server.newSession(owner, settings)
  fresh.begin(known.relay.open(fresh, known.identity))
  try {
    const terms = termsOf(packet, settings, fresh.session.brokers)
    const will = packet.will && willCommandOf(packet.will, { version: packet.version, canRetain: terms.canRetain })
    if (will) fresh.will = await fresh.session.willMessage(will)
    if (!entering.isOpen()) return
    if (!server.sessions.mayTakeOver(owner))
      throw new MqttFault(reasons.serverBusy, 'clients with this id take over from each other; give each its own')
    enter(entering, { known, owner, terms, will }, fresh)
  } finally {
    if (server.sessions.find(owner) !== fresh) fresh.abandon()
  }
}

/** Nothing is awaited from here on: another connection with the same id comes before or after. */
function enter(entering: Entering<AcceptedClient>, { known, owner, terms, will }: Admitted, fresh: MqttSession): void {
  const { packet, server } = entering
  const former = server.sessions.find(owner)
  const mayResume = !packet.cleanStart && former?.line?.keepsSession !== false
  former?.line?.end(reasons.sessionTakenOver, 'another connection has the same client id')
  if (!mayResume) former?.close('left')
  const resumed = former && !former.isOver ? former : undefined
  const session = resumed ?? fresh
  server.sessions.enter(owner, session)
  // Another take-over finds it from here on.
  const kept = { ...entering, packet: withoutSecrets(packet) }
  const accepted = new AcceptedClient({ ...kept, ...terms, session, owner, receiveMaximum, topicAliasMaximum })
  accepted.write({
    type: 'connack',
    sessionPresent: resumed !== undefined,
    reason: reasons.success,
    properties: connackOf(known, terms, known.relay),
  })
  accepted.begin()
  if (resumed) resume(resumed, known, will)
  entering.accepted(accepted)
}

/** The part of CONNECT that is kept as long as the connection: no password, and no will. */
function withoutSecrets({ type, version, clientId, cleanStart, keepAlive, properties }: ConnectPacket): ConnectPacket {
  return { type, version, clientId, cleanStart, keepAlive, properties }
}

/** The session continues with the will and the credentials of the new connection. */
function resume(session: MqttSession, { identity }: KnownClient, will: WillMessageCommand | undefined): void {
  const failed = (cause: unknown): void => session.line?.end(reasons.notAuthorized, String(cause))
  session.withdrawWill()
  session.session.renew(identity).catch(failed)
  if (!will) return
  const { line } = session
  session.session.willMessage(will).then((withdraw) => {
    if (session.line === line) session.will = withdraw
    else withdraw()
  }, failed)
}

function connackOf({ clientId, isAssigned }: KnownClient, terms: ClientTerms, { limits }: RelayView): MqttProperties {
  return {
    ...terms.changed,
    receiveMaximum,
    topicAliasMaximum,
    maximumPacketSize: limits.payload + packetRest,
    ...(!terms.canRetain && { retainAvailable: 0 }),
    ...(!terms.canShare && { sharedAvailable: 0 }),
    ...(isAssigned && { assignedClientId: clientId }),
  }
}
