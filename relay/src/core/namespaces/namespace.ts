import type { Identity } from '../access/identity.js'
import { FitChecks } from '../contract/fit-checks.js'
import { SubjectHistories } from '../history/subject-histories.js'
import { Hub, type HubOptions } from '../hub.js'
import { KeyedPublishes } from '../keyed-publishes.js'
import type { Limits } from '../limits.js'
import type { SubscriptionInfo } from '../listing.js'
import { renamed } from '../observer.js'
import type { Outlet } from '../outlet.js'
import type { Session, SessionPorts } from '../session.js'
import { RelayRates } from '../session-rates.js'
import type { SignedIn } from '../signed-in.js'
import { RelayValues } from '../values/relay-values.js'
import { WillMessages } from '../will-messages/will-messages.js'

/** The brokers of a namespace. */
export interface NamespaceOptions {
  /** The names of brokers of the relay, by the names that clients use. The first is the default. */
  readonly brokers: Readonly<Record<string, string>>
}

/** The parts that the namespaces of a relay share. */
export interface NamespacePorts extends HubOptions, Pick<SessionPorts, 'access' | 'newName'> {
  /** The name of the relay. */
  readonly relay: string
  readonly limits: Limits
  readonly signedIn: SignedIn
}

/** A namespace to open. */
export interface NamespaceWant extends NamespaceOptions {
  /** Absent: the brokers of clients without a namespace. */
  readonly name: string | undefined
}

/** How a session is opened. */
export interface OpenSessionOptions {
  readonly identity: Identity
  /** See `RelayView.open`. */
  readonly rateKey: string | undefined
  /** The only broker that it may use, by the name that clients use. */
  readonly only: string | undefined
}

/**
 * Brokers that the same clients see, by the names that these use, and all that the sessions of
 * these clients share: subscriptions, values, limits. So nothing of one namespace reaches another.
 */
export class Namespace {
  readonly name: string | undefined
  readonly hub: Hub
  /** The names of its brokers at the relay, by the names that clients use. */
  readonly names: ReadonlyMap<string, string>
  readonly #signedIn: SignedIn
  readonly #sessionPorts: Omit<SessionPorts, 'only'>

  private constructor(hub: Hub, { name, brokers }: NamespaceWant, ports: NamespacePorts) {
    const { clock, limits, observer, onError, contract, access, newName, relay, signedIn } = ports
    this.name = name
    this.hub = hub
    this.names = new Map(Object.entries(brokers))
    this.#signedIn = signedIn
    this.#sessionPorts = {
      hub,
      access,
      limits,
      observer,
      newName,
      rates: new RelayRates(clock, limits),
      // Namespaces may keep their wills at one server, and end at different times.
      values: new RelayValues({ hub, clock, relay: name === undefined ? relay : `${relay}_${name}`, onError }),
      keyed: new KeyedPublishes(clock),
      histories: new SubjectHistories(hub),
      willMessages: new WillMessages({ hub, clock, onError }),
      contract: contract && new FitChecks({ contract, hub }),
      closed: (session) => signedIn.delete(session),
    }
  }

  /**
   * Opens its brokers.
   * @throws {WildcastError} if a broker's settings are invalid
   * @throws {RangeError} if the relay has no broker of a name
   */
  static async open(want: NamespaceWant, shared: NamespacePorts): Promise<Namespace> {
    const ports = want.name === undefined ? shared : { ...shared, ...labelled(want, shared) }
    const brokers = Object.fromEntries(
      Object.entries(want.brokers).map(([name, broker]) => {
        const open = shared.brokers[broker]
        if (!open) throw new RangeError(`namespace "${want.name}" names the broker "${broker}", which does not exist`)
        return [name, open]
      }),
    )
    return new Namespace(await Hub.open({ ...ports, brokers }), want, ports)
  }

  /** Opens a session. */
  open(outlet: Outlet, { identity, rateKey, only }: OpenSessionOptions): Session {
    return this.#signedIn.open({ ...this.#sessionPorts, only }, outlet, identity, rateKey)
  }

  /** Lists its subscriptions, with the names that its brokers have at the relay. */
  *subscriptions(): Iterable<SubscriptionInfo> {
    for (const { broker, ...info } of this.hub.subscriptions())
      yield {
        ...(this.name !== undefined && { namespace: this.name }),
        broker: this.names.get(broker) ?? broker,
        ...info,
      }
  }

  /** Writes no will any longer, before the brokers are closed. */
  endWills(): void {
    this.#sessionPorts.values.close()
  }

  /** Publishes the will messages of clients that are gone, before the brokers are closed. */
  async publishWillMessages(): Promise<void> {
    await this.#sessionPorts.willMessages.close()
  }

  async close(): Promise<void> {
    this.endWills()
    await this.publishWillMessages()
    await this.hub.close()
  }
}

/** Metrics and errors have the names that the brokers have at the relay. */
function labelled(
  { brokers }: NamespaceWant,
  { observer, onError }: NamespacePorts,
): Pick<NamespacePorts, 'observer' | 'onError'> {
  const nameOf = (name: string): string => brokers[name] ?? name
  return {
    observer: renamed(observer, nameOf),
    onError: (error, context) =>
      onError(error, context.broker === undefined ? context : { ...context, broker: nameOf(context.broker) }),
  }
}
