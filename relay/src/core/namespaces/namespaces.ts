import { refusal, WildcastError } from '@wildcast/protocol'
import { type Identity, unknown } from '../access/identity.js'
import type { OpenBroker } from '../broker.js'
import { Namespace, type NamespaceOptions, type NamespacePorts } from './namespace.js'

/** The brokers of a relay under their names, and which of them belong to namespaces. */
export interface NamespacesOptions {
  readonly brokers: Readonly<Record<string, OpenBroker>>
  /** By name. The other brokers are for clients without a namespace. */
  readonly namespaces?: Readonly<Record<string, NamespaceOptions>> | undefined
}

/** The namespaces of a relay. */
export class Namespaces {
  /** The brokers of clients without a namespace; there may be none. */
  readonly own: Namespace
  readonly #ports: NamespacePorts
  readonly #named: Map<string, Namespace> = new Map()

  private constructor(own: Namespace, ports: NamespacePorts) {
    this.own = own
    this.#ports = ports
  }

  /**
   * Opens the brokers of all namespaces.
   * @throws {RangeError} without a broker, or if namespaces share one
   * @throws {WildcastError} if a broker's settings are invalid
   */
  static async open(options: NamespacesOptions, ports: NamespacePorts): Promise<Namespaces> {
    const { brokers, namespaces = {} } = options
    if (Object.keys(brokers).length === 0)
      throw new RangeError('a relay needs a broker: pass one, such as brokers: { main: memory(…) }')
    const theirs = brokersOf(namespaces)
    const ownNames = Object.keys(brokers).filter((name) => !theirs.has(name))
    const own = await Namespace.open(
      { name: undefined, brokers: Object.fromEntries(ownNames.map((name) => [name, name])) },
      ports,
    )
    const opened = new Namespaces(own, ports)
    try {
      await opened.change(options)
    } catch (cause) {
      await opened.close()
      throw cause
    }
    return opened
  }

  /** Whether there are namespaces. */
  get areNamed(): boolean {
    return this.#named.size > 0
  }

  named(): Iterable<Namespace> {
    return this.#named.values()
  }

  *all(): Iterable<Namespace> {
    yield this.own
    yield* this.#named.values()
  }

  /** Returns a namespace, or that of clients without one. Undefined if it does not exist. */
  at(name: string | undefined): Namespace | undefined {
    return name === undefined ? this.own : this.#named.get(name)
  }

  /**
   * Returns an identity with its namespace, which its credentials or its endpoint state.
   * @throws {WildcastError} `forbidden` if they state different ones, or one that there is not
   */
  place(identity: Identity, endpoint: string | undefined): Identity {
    const { namespace = endpoint } = identity
    if (endpoint !== undefined && namespace !== endpoint)
      throw refusal(
        'forbidden',
        `your token is for namespace "${namespace}", not for this address; use its own address`,
      )
    const found = this.at(namespace)
    if (!found)
      throw refusal('forbidden', `this relay has no namespace "${namespace}"; ask for a token for another one`)
    if (found.names.size === 0)
      throw refusal('forbidden', 'all brokers of this relay belong to namespaces; sign in with a token for one of them')
    return namespace === identity.namespace ? identity : { ...identity, namespace }
  }

  /**
   * Returns the namespace of a client, and its identity in it.
   * @throws {WildcastError} as `place`
   */
  of(identity: Identity, endpoint: string | undefined): { readonly namespace: Namespace; readonly identity: Identity } {
    // It may do nothing, so it needs no namespace of its own.
    if (identity === unknown) return { namespace: this.at(endpoint) ?? this.own, identity }
    const placed = this.place(identity, endpoint)
    return { namespace: this.at(placed.namespace) ?? this.own, identity: placed }
  }

  /**
   * Opens namespaces that are new, and ends those that are gone. Clients of the others stay.
   * @param changed - present namespaces that are ended and opened again
   * @throws {WildcastError} if a broker of a new one can't be opened: the others are open
   */
  async change(
    { brokers, namespaces = {} }: NamespacesOptions,
    changed: ReadonlySet<string> = new Set(),
  ): Promise<void> {
    brokersOf(namespaces)
    const gone = [...this.#named].filter(([name]) => !Object.hasOwn(namespaces, name) || changed.has(name))
    await Promise.all(gone.map(([name, namespace]) => this.#end(name, namespace)))
    const wanted = Object.entries(namespaces).filter(([name]) => !this.#named.has(name))
    const opened = await Promise.allSettled(
      wanted.map(async ([name, options]) => {
        this.#named.set(name, await Namespace.open({ name, ...options }, { ...this.#ports, brokers }))
      }),
    )
    const failed = opened.find((one) => one.status === 'rejected')
    if (failed) throw failed.reason
  }

  async close(): Promise<void> {
    await Promise.all([...this.all()].map((namespace) => namespace.close()))
  }

  async #end(name: string, namespace: Namespace): Promise<void> {
    this.#named.delete(name)
    // Its clients may come back: if it was only changed, it is there again.
    this.#ports.signedIn.end(name, new WildcastError('interrupted', 'the namespace was changed; connect again'))
    await namespace.close()
  }
}

/**
 * Returns the brokers that belong to namespaces.
 * @throws {RangeError} if one belongs to two
 */
function brokersOf(namespaces: Readonly<Record<string, NamespaceOptions>>): ReadonlySet<string> {
  const owners = new Map<string, string>()
  for (const [name, { brokers }] of Object.entries(namespaces))
    for (const broker of Object.values(brokers)) {
      const owner = owners.get(broker)
      if (owner !== undefined)
        throw new RangeError(`namespaces "${owner}" and "${name}" both have the broker "${broker}"; give each its own`)
      owners.set(broker, name)
    }
  return new Set(owners.keys())
}
