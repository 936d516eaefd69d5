import type { Contract } from '@wildcast/contract'
import { type BrokerInfo, WildcastError } from '@wildcast/protocol'
import type { Authorize } from './access/access.js'
import type { Authenticate, Identity } from './access/identity.js'
import type { Bridge } from './bridge.js'
import { openBridges } from './bridges.js'
import type { OpenBroker } from './broker.js'
import { checkSize } from './checks.js'
import { type Clock, realClock } from './clock.js'
import { Connections } from './connections.js'
import { ContractGuard } from './contract/contract-guard.js'
import { FitChecks } from './contract/fit-checks.js'
import { type RelayContract, relayContractOf } from './contract/relay-contract.js'
import { FanOut } from './fan-out.js'
import { SubjectHistories } from './history/subject-histories.js'
import { type BrokerHealth, Hub, type HubOptions } from './hub.js'
import type { Inside } from './inside.js'
import { KeyedPublishes } from './keyed-publishes.js'
import { type Limits, limitsOf } from './limits.js'
import {
  type Page,
  type PageRequest,
  pageOf,
  type SessionInfo,
  type SubscriptionInfo,
  subscriptionKey,
} from './listing.js'
import { nobody, type Observer } from './observer.js'
import { Outbox } from './outbox.js'
import type { OutboxEnds, OutboxPorts } from './outbox-ports.js'
import type { OnFailure, Outlet, StreamEncoder } from './outlet.js'
import type { Part } from './part.js'
import type { Session, SessionPorts } from './session.js'
import { RelayRates } from './session-rates.js'
import { Sessions } from './sessions.js'
import { SignedIn } from './signed-in.js'
import { TimeSlice } from './time-slice.js'
import { Turn } from './turn.js'
import { UnfinishedInput } from './unfinished-input.js'
import { RelayValues } from './values/relay-values.js'
import type { WindowRoom } from './window.js'

/** Options of `createRelay`. */
export interface RelayOptions {
  /** The brokers under the names that clients use; the first is the default. */
  readonly brokers: Readonly<Record<string, OpenBroker>>
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
}

/** A relay, as its host sees it. */
export interface Relay extends RelayView {
  /** The relay's own access to the brokers. */
  readonly inside: Inside
  /** Ends every session of a user for good. Returns their number. */
  disconnect(user: string): number
  /**
   * Ends the sessions of the identities for which the function returns true, as if their tokens had
   * expired: their clients come back with new tokens. Returns their number.
   */
  expire(isExpired: (identity: Identity) => boolean): number
  /** Lists the open sessions, or those of a user. */
  listSessions(request: PageRequest, user?: string): Page<SessionInfo>
  /** Lists the subscriptions of all sessions. */
  listSubscriptions(request: PageRequest): Page<SubscriptionInfo>
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
  const { hub, contract } = await openHub({ ...options, clock, observer }, { room, slice, limits })
  const bridges = await bridgesOn(hub, options.bridges ?? [], { onError, observer })
  const [id, signedIn] = [newId(), new SignedIn()]
  // A session's key names the relay that holds it.
  const newKey = (): string => `${id}_${newId()}`
  const sessions = new Sessions({ clock, newKey, windowMs: limits.resumeMs, mostAway: limits.away, observer })
  const rates = new RelayRates(clock, limits)
  const values = new RelayValues({ hub, clock, relay: id, onError })
  const [keyed, histories] = [new KeyedPublishes(clock), new SubjectHistories(hub)]
  const { authenticate, authorize, explain } = options
  const failed = (cause: unknown): void => onError(WildcastError.from(cause), { stage: 'authorize' })
  const access = { clock, authorize, explain, failed }
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
    ...viewOf({
      common,
      outboxPorts,
      signedIn,
      sessionPorts: { hub, access, limits, rates, observer, values, keyed, histories, contract, newName: newId },
    }),
    inside: insideOf({ hub, contract, ...common }),
    disconnect: (user) => signedIn.disconnect(user),
    expire: (isExpired) => signedIn.expire(isExpired),
    listSessions: (request, user) => signedIn.list(request, user),
    listSubscriptions: (request) => pageOf(hub.subscriptions(), subscriptionKey, request),
    async close() {
      values.close()
      sessions.close()
      await bridges.close()
      await hub.close()
    },
  }
}

interface HubParts {
  readonly room: WindowRoom
  readonly slice: TimeSlice
  readonly limits: Limits
}

/** Opens the brokers, and the checks by the contract. */
async function openHub(
  { brokers, contract, clock, onError, observer }: RelayOptions & Pick<HubOptions, 'clock' | 'observer'>,
  { room, slice, limits }: HubParts,
): Promise<{ readonly hub: Hub; readonly contract: FitChecks | undefined }> {
  const guard = contract && new ContractGuard(relayContractOf(contract), onError)
  const valueRoom = { used: 0, limit: limits.valueCache }
  const recentRoom = { used: 0, limit: mostRecentBytes }
  const parts = { room, valueRoom, recentRoom, fanOut: new FanOut(slice), slice, contract: guard }
  const hub = await Hub.open({ brokers, clock, onError, observer, ...parts })
  return { hub, contract: guard && new FitChecks({ contract: guard, hub }) }
}

interface ViewPorts {
  /** The same for every view. */
  readonly common: Omit<RelayFacts, 'brokers' | 'health'>
  readonly outboxPorts: OutboxPorts
  readonly signedIn: SignedIn
  readonly sessionPorts: Omit<SessionPorts, 'only' | 'closed'>
}

/** A view of all brokers, or of only one. */
function viewOf(ports: ViewPorts, only?: string): RelayView {
  const { common, outboxPorts, signedIn } = ports
  const { hub } = ports.sessionPorts
  const closed = (session: Session): void => signedIn.delete(session)
  const sessionPorts: SessionPorts = { ...ports.sessionPorts, only, closed }
  return {
    ...common,
    brokers: () =>
      only === undefined
        ? hub.brokers()
        : hub.brokers().flatMap((broker) => (broker.name === only ? [{ ...broker, default: true }] : [])),
    health: () => hub.health().filter(({ name }) => only === undefined || name === only),
    outbox: (encoder, ends) => new Outbox(outboxPorts, encoder, ends),
    open: (outlet, identity, rateKey) => signedIn.open(sessionPorts, outlet, identity, rateKey),
    only: (broker) => viewOf(ports, hub.nameOf(broker)),
  }
}

interface InsidePorts extends Pick<RelayFacts, 'clock' | 'limits'> {
  readonly hub: Hub
  readonly contract: FitChecks | undefined
}

function insideOf({ hub, clock, limits, contract }: InsidePorts): Inside {
  return {
    clock,
    listen: async (broker, interest, listener) => hub.listen(broker, interest, listener),
    can: (broker, feature) => hub.can(broker, feature),
    async publish(broker, message, answered) {
      checkSize(message, limits.payload)
      const result = { id: hub.nextMessageId(), ...message }
      const awaited = answered && { subject: answered, hasParts: false }
      contract?.publish({ broker, result, decided: undefined }, awaited)
      await hub.publish(broker, result)
    },
  }
}

/** Opens the bridges. If that fails, no broker stays open. */
async function bridgesOn(
  hub: Hub,
  bridges: readonly Bridge[],
  ports: { readonly onError: OnFailure; readonly observer: Observer },
): Promise<ReturnType<typeof openBridges>> {
  try {
    return openBridges(bridges, { hub, ...ports })
  } catch (cause) {
    await hub.close()
    throw cause
  }
}
