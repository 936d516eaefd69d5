import type { Contract } from '@wildcast/contract'
import { type BrokerInfo, WildcastError } from '@wildcast/protocol'
import type { Authorize } from './access/access.js'
import type { Authenticate, Identity } from './access/identity.js'
import type { Bridge } from './bridge.js'
import { openBridges } from './bridges.js'
import type { OpenBroker } from './broker.js'
import { type Clock, realClock } from './clock.js'
import { Connections } from './connections.js'
import { ContractGuard } from './contract/contract-guard.js'
import { FitChecks } from './contract/fit-checks.js'
import { type RelayContract, relayContractOf } from './contract/relay-contract.js'
import { FanOut } from './fan-out.js'
import type { BrokerHealth, Hub } from './hub.js'
import type { Inside } from './inside.js'
import { type Limits, limitsOf } from './limits.js'
import {
  type Page,
  type PageRequest,
  pageOf,
  type SessionInfo,
  type SubscriptionInfo,
  subscriptionKey,
} from './listing.js'
import { AllBrokers } from './namespaces/all-brokers.js'
import { insideOf } from './namespaces/inside-of.js'
import type { NamespaceOptions } from './namespaces/namespace.js'
import { Namespaces, type NamespacesOptions } from './namespaces/namespaces.js'
import { nobody, type Observer } from './observer.js'
import { Outbox } from './outbox.js'
import type { OutboxEnds, OutboxPorts } from './outbox-ports.js'
import type { OnFailure, Outlet, StreamEncoder } from './outlet.js'
import type { Part } from './part.js'
import type { Session } from './session.js'
import { Sessions } from './sessions.js'
import { SignedIn, type Whose } from './signed-in.js'
import { TimeSlice } from './time-slice.js'
import { Turn } from './turn.js'
import { UnfinishedInput } from './unfinished-input.js'
import type { WindowRoom } from './window.js'

/** Options of `createRelay`. */
export interface RelayOptions {
  /** The brokers under the names that clients use; the first is the default. */
  readonly brokers: Readonly<Record<string, OpenBroker>>
  /**
   * The brokers that belong to namespaces. Clients of one see no others. @default all brokers are
   * for clients without a namespace
   */
  readonly namespaces?: Readonly<Record<string, NamespaceOptions>> | undefined
  /** Returns a new, unguessable name. */
  readonly newId: () => string
  /** Copies messages from one broker to another. */
  readonly bridges?: readonly Bridge[] | undefined
  /** Finds out who a client is. @default every client may do everything */
  readonly authenticate?: Authenticate | undefined
  /** Decides on actions that the rules of an identity allow. @default they are allowed */
  readonly authorize?: Authorize | undefined
  /** The data that subjects carry: other data is refused. @default everything fits */
  readonly contract?: Contract | RelayContract | undefined
  /** Whether a refusal names the rule that would allow the action. @default false */
  readonly explain?: boolean | undefined
  /** @default those of `Limits` */
  readonly limits?: Partial<Limits> | undefined
  /** @default the machine's clock */
  readonly clock?: Clock | undefined
  /** Handles errors that no caller awaits. */
  readonly onError: OnFailure
  /** Parts that must work before the relay is ready, besides brokers and bridges. @default none */
  readonly parts?: (() => readonly Part[] | Promise<readonly Part[]>) | undefined
  /** Counts events for metrics. @default `nobody` */
  readonly observer?: Observer | undefined
}

/** Facts of a relay that are the same for all its sessions. */
export interface RelayFacts {
  /** Names this process; changes with every start. */
  readonly id: string
  readonly clock: Clock
  readonly limits: Limits
  /** Bounds the time for the input of clients. */
  readonly slice: TimeSlice
  /** The incomplete messages of clients. */
  readonly unfinished: UnfinishedInput
  /** The sessions that clients can resume. */
  readonly sessions: Sessions
  /** Counts the connections of clients. */
  readonly connections: Connections
  /** Finds out who a client is. Absent: every client may do everything. */
  readonly authenticate: Authenticate | undefined
  readonly onError: OnFailure
  newId(): string
  brokers(): readonly BrokerInfo[]
  /** The status of each broker, and why it is down. */
  health(): readonly BrokerHealth[]
  /** The status of the parts besides the brokers: bridges, and `RelayOptions.parts`. */
  parts(): Promise<readonly Part[]>
}

/** Bytes of the recent messages of all feeds, which clients that return share. */
const mostRecentBytes = 64 * 1024 * 1024

/** A relay, as gateways see it. */
export interface RelayView extends RelayFacts {
  /** Opens the outbox of a new client. Its gateway closes it when the wire is gone. */
  outbox(encoder: StreamEncoder, ends: OutboxEnds): Outbox
  /**
   * Opens a session for the client.
   * @param rateKey - of a session that lasts for a request only: all with the same key share rates
   */
  open(outlet: Outlet, identity: Identity, rateKey?: string): Session
  /**
   * Returns the same relay, limited to one broker.
   * @throws {WildcastError} `unknown_broker`
   */
  only(broker: string): RelayView
  /** Returns the same relay, as clients of a namespace see it. Clients of others are refused. */
  within(namespace: string): RelayView
}

/** A relay, as its host sees it. */
export interface Relay extends RelayView {
  /** The relay's own access to the brokers. */
  readonly inside: Inside
  /**
   * Ends every session of a user for good. Returns their number.
   * @param namespace - the only one. @default all
   */
  disconnect(user: string, namespace?: string): number
  /**
   * Ends the sessions of the identities for which the function returns true, as if their tokens had
   * expired: their clients come back with new tokens. Returns their number.
   */
  expire(isExpired: (identity: Identity) => boolean): number
  /** Lists the open sessions, or those of some clients. */
  listSessions(request: PageRequest, whose?: Whose): Page<SessionInfo>
  /** Lists the subscriptions of all sessions. */
  listSubscriptions(request: PageRequest): Page<SubscriptionInfo>
  /** The status of the brokers of all namespaces. */
  healthOfNamespaces(): readonly BrokerHealth[]
  /**
   * Opens namespaces that are new, and ends those that are gone. Clients of the others stay.
   * @param changed - present namespaces that are ended and opened again
   * @throws {RangeError} if namespaces share a broker
   * @throws {WildcastError} if a broker can't be opened: other namespaces are open
   */
  changeNamespaces(now: NamespacesOptions, changed?: ReadonlySet<string>): Promise<void>
  /** Closes the brokers. Gateways must be closed before. */
  close(): Promise<void>
}

/**
 * Opens the brokers and bridges of a relay.
 * @throws {RangeError} without a broker, or if bridges would copy a message in a circle forever
 * @throws {WildcastError} if a broker's settings are invalid
 */
export async function createRelay(options: RelayOptions): Promise<Relay> {
  const { newId, onError, clock = realClock, observer = nobody } = options
  const limits = limitsOf(options.limits)
  const room: WindowRoom = {
    used: 0,
    limit: limits.memory,
    unconfirmed: new Set(),
    relieve: () => sessions.relieve(() => room.used <= room.limit),
  }
  const slice = new TimeSlice(clock)
  const [id, signedIn] = [newId(), new SignedIn()]
  const { authenticate, authorize, explain } = options
  const failed = (cause: unknown): void => onError(WildcastError.from(cause), { stage: 'authorize' })
  const access = { clock, authorize, explain, failed }
  const contract = options.contract && new ContractGuard(relayContractOf(options.contract), onError)
  const facts = { relay: id, limits, signedIn, access, newName: newId, contract }
  const ports = { ...facts, ...hubPorts({ room, slice, limits }), clock, observer, onError, brokers: options.brokers }
  const namespaces = await Namespaces.open(options, ports)
  const brokers = new AllBrokers(namespaces)
  const bridges = await bridgesOn(namespaces, options.bridges ?? [], { brokers, onError, observer })
  // A session's key names the relay that holds it.
  const newKey = (): string => `${id}_${newId()}`
  const sessions = new Sessions({ clock, newKey, windowMs: limits.resumeMs, mostAway: limits.away, observer })
  const common = {
    id,
    clock,
    limits,
    slice,
    unfinished: new UnfinishedInput(limits.unfinished),
    sessions,
    connections: new Connections({ clock, limits, observer, onError }),
    authenticate,
    onError,
    newId,
    parts: async () => [...bridges.parts(), ...((await options.parts?.()) ?? [])],
  }
  const outboxPorts = { turn: new Turn(clock), clock, backlog: limits.backlog, resume: limits.resume, room, observer }
  return {
    ...viewOf({ common, outboxPorts, namespaces }),
    inside: insideOf({ brokers, contract: contract && new FitChecks({ contract, hub: brokers }), ...common }),
    disconnect: (user, namespace) => signedIn.disconnect({ user, namespace }),
    expire: (isExpired) => signedIn.expire(isExpired),
    listSessions: (request, whose) => signedIn.list(request, whose),
    listSubscriptions: (request) => pageOf(subscriptionsIn(namespaces), subscriptionKey, request),
    healthOfNamespaces: () => [...namespaces.named()].flatMap(({ hub }) => hub.health()),
    changeNamespaces: (now, changed) => namespaces.change(now, changed),
    async close() {
      for (const namespace of namespaces.all()) namespace.endWills()
      sessions.close()
      await Promise.all([...namespaces.all()].map((namespace) => namespace.publishWillMessages()))
      await bridges.close()
      await namespaces.close()
    },
  }
}

interface HubParts {
  readonly room: WindowRoom
  readonly slice: TimeSlice
  readonly limits: Limits
}

/** The parts that the hubs of all namespaces share. */
function hubPorts({ room, slice, limits }: HubParts) {
  return {
    room,
    slice,
    valueRoom: { used: 0, limit: limits.valueCache },
    recentRoom: { used: 0, limit: mostRecentBytes },
    fanOut: new FanOut(slice),
    messages: { count: 0 },
  }
}

function* subscriptionsIn(namespaces: Namespaces): Iterable<SubscriptionInfo> {
  for (const namespace of namespaces.all()) yield* namespace.subscriptions()
}

interface ViewPorts {
  /** The same for every view. */
  readonly common: Omit<RelayFacts, 'brokers' | 'health'>
  readonly outboxPorts: OutboxPorts
  readonly namespaces: Namespaces
}

/** The brokers that clients of an endpoint see. */
interface Scope {
  /** @default the namespace that a client's credentials state */
  readonly namespace?: string | undefined
  /** The only broker. @default all */
  readonly only?: string | undefined
}

/** A view of the brokers of each client's namespace. */
function viewOf(ports: ViewPorts, { namespace, only }: Scope = {}): RelayView {
  const { common, outboxPorts, namespaces } = ports
  const { authenticate } = common
  const hub = (): Hub | undefined => namespaces.at(namespace)?.hub
  return {
    ...common,
    authenticate: authenticate && (async (credentials) => namespaces.place(await authenticate(credentials), namespace)),
    parts: namespace === undefined ? common.parts : async () => [],
    brokers: () => hub()?.brokers(only) ?? [],
    health: () => hub()?.health(only) ?? [],
    outbox: (encoder, ends) => new Outbox(outboxPorts, encoder, ends),
    open(outlet, client, rateKey) {
      const { namespace: theirs, identity } = namespaces.of(client, namespace)
      return theirs.open(outlet, { identity, rateKey, only })
    },
    only(broker) {
      // Credentials may state a namespace, which has other brokers.
      const isLater = namespace === undefined && authenticate !== undefined && namespaces.areNamed
      return viewOf(ports, { namespace, only: isLater ? broker : (hub()?.nameOf(broker) ?? broker) })
    },
    within: (other) => viewOf(ports, { namespace: other, only }),
  }
}

/** Opens the bridges. If that fails, no broker stays open. */
async function bridgesOn(
  namespaces: Namespaces,
  bridges: readonly Bridge[],
  ports: Parameters<typeof openBridges>[1],
): Promise<ReturnType<typeof openBridges>> {
  try {
    return openBridges(bridges, ports)
  } catch (cause) {
    await namespaces.close()
    throw cause
  }
}
