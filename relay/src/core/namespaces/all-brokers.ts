import { type BrokerMessage, WildcastError } from '@wildcast/protocol'
import type { Feature, Interest, Listener } from '../broker.js'
import type { Hub } from '../hub.js'
import type { PublishKey } from '../publish-key.js'
import type { Soon } from '../store.js'
import type { Namespaces } from './namespaces.js'

/**
 * The brokers of all namespaces, under their names at the relay: for the relay's own parts, such as
 * bridges.
 */
export class AllBrokers {
  readonly #namespaces: Namespaces

  constructor(namespaces: Namespaces) {
    this.#namespaces = namespaces
  }

  /** Their names. */
  list(): readonly string[] {
    return [...this.#namespaces.all()].flatMap(({ names }) => [...names.values()])
  }

  /** @throws {WildcastError} `unknown_broker` */
  demand(broker: string): void {
    this.#find(broker)
  }

  /** @throws {WildcastError} `unknown_broker` */
  can(broker: string, feature: Feature): boolean {
    const { hub, name } = this.#find(broker)
    return hub.can(name, feature)
  }

  /** See `Hub.listen`. @throws {WildcastError} `unknown_broker` */
  listen(broker: string, interest: Interest, listener: Listener): Promise<() => Promise<void>> {
    const { hub, name } = this.#find(broker)
    return hub.listen(name, interest, listener)
  }

  /** See `Hub.publish`. @throws {WildcastError} `unknown_broker` */
  publish(broker: string, message: BrokerMessage, key?: PublishKey): Soon<string | undefined> {
    const { hub, name } = this.#find(broker)
    return hub.publish(name, message, key)
  }

  /** See `Hub.nextMessageId`. */
  nextMessageId(): number {
    return this.#namespaces.own.hub.nextMessageId()
  }

  #find(broker: string): { readonly hub: Hub; readonly name: string } {
    for (const { hub, names } of this.#namespaces.all())
      for (const [name, atRelay] of names) if (atRelay === broker) return { hub, name }
    const known = this.list().join(', ')
    throw new WildcastError('unknown_broker', `there is no broker of that name; there are: ${known}`)
  }
}
