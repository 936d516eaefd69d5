import type { BrokerInfo } from '@wildcast/protocol'
import type { Bridge } from './bridge.js'
import { openBridges } from './bridges.js'
import type { OpenBroker } from './broker.js'
import { checkSize } from './checks.js'
import { type Clock, realClock } from './clock.js'
import { FanOut } from './fan-out.js'
import { type BrokerHealth, Hub } from './hub.js'
import type { Inside } from './inside.js'
import { KeyedPublishes } from './keyed-publishes.js'
import { defaultLimits, type SessionLimits } from './limits.js'
import { nobody, type Observer } from './observer.js'
import { Outbox } from './outbox.js'
import type { OutboxEnds, OutboxPorts } from './outbox-ports.js'
import type { OnFailure, Outlet, StreamEncoder } from './outlet.js'
import type { Part } from './part.js'
import { allowAll, type Permissions } from './permissions.js'
import { Session, type SessionPorts } from './session.js'
import { Sessions } from './sessions.js'
import { TimeSlice } from './time-slice.js'
import { Turn } from './turn.js'
import { UnfinishedInput } from './unfinished-input.js'
import type { WindowRoom } from './window.js'

/**
 * Bytes of messages that wait for all readers together, or that they have not confirmed, counted
 * for each, also if they share them.
 */
const allBacklogs = 256 * 1024 * 1024

/** Bytes of messages that have begun and not ended, of all clients. */
const unfinishedInput = 64 * 1024 * 1024

export interface RelayOptions {
  /** The brokers under the names that clients use; the first is the default. */
  readonly brokers: Readonly<Record<string, OpenBroker>>
  /** Gives a fresh, unguessable name with each call. */
  readonly newId: () => string
  /** What is copied from one broker to another. */
  readonly bridges?: readonly Bridge[] | undefined
  /** @default everybody may do everything */
  readonly permissions?: Permissions | undefined
  /** @default those of `SessionLimits` */
  readonly limits?: Partial<SessionLimits> | undefined
  /**
   * Bytes of messages and HTTP bodies that clients may have begun and not ended, all together.
   * @default 64 MiB
   */
  readonly unfinishedInput?: number | undefined
  /** @default the machine's clock */
  readonly clock?: Clock | undefined
  /** Takes the failures that nobody waits for. */
  readonly onError: OnFailure
  /** What must work beside brokers and bridges before the relay is ready. @default nothing */
  readonly parts?: (() => readonly Part[] | Promise<readonly Part[]>) | undefined
  /** Hears what is worth counting. @default nobody */
  readonly observer?: Observer | undefined
}

/** What is known of a relay, and true for all its sessions. */
export interface RelayFacts {
  /** A name for this process, which changes with every start. */
  readonly id: string
  readonly clock: Clock
  readonly limits: SessionLimits
  /** The time that the input of clients may take. */
  readonly slice: TimeSlice
  /** What clients have begun to send. */
  readonly unfinished: UnfinishedInput
  /** The sessions that clients can come back to. */
  readonly sessions: Sessions
  readonly onError: OnFailure
  newId(): string
  brokers(): readonly BrokerInfo[]
  /** Whether each broker is reached, and why not. */
  health(): readonly BrokerHealth[]
  /** How all is that must work beside the brokers: bridges, and what the relay was opened with. */
  parts(): Promise<readonly Part[]>
}

/** What gateways see of a relay. */
export interface RelayView extends RelayFacts {
  /** The way to a client that just came. Its gateway closes it when the wire is gone. */
  outbox(encoder: StreamEncoder, ends: OutboxEnds): Outbox
  /** Opens a session for that client. */
  open(outlet: Outlet): Session
  /**
   * The same relay for an endpoint that leads to one of its brokers. @throws {WildcastError}
   * `unknown_broker`
   */
  only(broker: string): RelayView
}

/** A relay, as its host sees it. */
export interface Relay extends RelayView {
  /** The relay's own way to the brokers. */
  readonly inside: Inside
  /** Closes the brokers. Gateways close themselves before. */
  close(): Promise<void>
}

/**
 * Starts a relay: brokers inside, sessions outside.
 * @throws {RangeError} without a broker, or if bridges would carry messages in a circle for ever
 * @throws {WildcastError} if a broker's settings are not valid
 */
export async function createRelay(options: RelayOptions): Promise<Relay> {
  const { newId, onError, clock = realClock, permissions = allowAll, observer = nobody } = options
  const limits: SessionLimits = { ...defaultLimits, ...options.limits }
  const room: WindowRoom = {
    used: 0,
    limit: allBacklogs,
    unconfirmed: new Set(),
    relieve: () => sessions.relieve(() => room.used <= room.limit),
  }
  const slice = new TimeSlice(clock)
  const fanOut = new FanOut(slice)
  const hub = await Hub.open({ brokers: options.brokers, clock, onError, observer, room, fanOut, slice })
  const bridges = await bridgesOn(hub, options.bridges ?? [], { onError, observer })
  const id = newId()
  // A session's key leads to the relay that holds it.
  const newKey = (): string => `${id}_${newId()}`
  const sessions = new Sessions({ clock, newKey, windowMs: limits.resumeMs })
  const common = {
    id,
    clock,
    limits,
    slice,
    unfinished: new UnfinishedInput(options.unfinishedInput ?? unfinishedInput),
    sessions,
    onError,
    newId,
    parts: async () => [...bridges.parts(), ...((await options.parts?.()) ?? [])],
  }
  const outboxPorts = { turn: new Turn(clock), clock, backlog: limits.backlog, resume: limits.resume, room, observer }
  return {
    ...viewOf({
      common,
      outboxPorts,
      sessionPorts: { hub, permissions, limits, keyed: new KeyedPublishes(clock), newName: newId },
    }),
    inside: insideOf(hub, common),
    async close() {
      sessions.close()
      await bridges.close()
      await hub.close()
    },
  }
}

interface ViewPorts {
  /** What is the same for every view. */
  readonly common: Omit<RelayFacts, 'brokers' | 'health'>
  readonly outboxPorts: OutboxPorts
  readonly sessionPorts: Omit<SessionPorts, 'only'>
}

/** What gateways see of all brokers, or of only one. */
function viewOf(ports: ViewPorts, only?: string): RelayView {
  const { common, outboxPorts } = ports
  const { hub } = ports.sessionPorts
  const sessionPorts: SessionPorts = { ...ports.sessionPorts, only }
  return {
    ...common,
    brokers: () =>
      only === undefined
        ? hub.brokers()
        : hub.brokers().flatMap((broker) => (broker.name === only ? [{ ...broker, default: true }] : [])),
    health: () => hub.health().filter(({ name }) => only === undefined || name === only),
    outbox: (encoder, ends) => new Outbox(outboxPorts, encoder, ends),
    open: (outlet) => new Session(sessionPorts, outlet),
    only: (broker) => viewOf(ports, hub.nameOf(broker)),
  }
}

function insideOf(hub: Hub, { clock, limits }: Pick<RelayFacts, 'clock' | 'limits'>): Inside {
  return {
    clock,
    listen: async (broker, interest, listener) => hub.listen(broker, interest, listener),
    can: (broker, feature) => hub.can(broker, feature),
    async publish(broker, message) {
      checkSize(message, limits.payload)
      await hub.publish(broker, { id: hub.nextMessageId(), ...message })
    },
  }
}

/** A relay that can't be opened leaves no broker open. */
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
