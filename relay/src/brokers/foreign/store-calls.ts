import { type BrokerMessage, WildcastError } from '@wildcast/protocol'
import type { BrokerConnection } from './driver.js'
import type { ReconnectingLink } from './link.js'
import type { Publisher } from './publisher.js'

/** The parts of a broker outside the process that its stores use. */
export interface StoreCallsPorts {
  readonly link: Pick<ReconnectingLink<BrokerConnection>, 'connection'>
  /** Keeps writes in order with publishes. */
  readonly publisher: Pick<Publisher, 'write'>
  /** Whether clients may be sent what a program without Wildcast may have stored. Counts others. */
  fits(message: BrokerMessage): boolean
}

/** One of the stores of a connection, and the words about it. */
export interface StoreOfConnection<Store> {
  /** Returns the store. */
  readonly of: (connection: BrokerConnection) => Store | undefined
  /** Why a connection has none. */
  readonly absent: string
  /** Advice for a call whose outcome is unknown. */
  readonly remedy: string
}

/**
 * The calls to a store of a broker outside the process, over the present connection. Without one
 * they reject with `broker_down`; with `interrupted` if the connection ends before the answer.
 */
export class StoreCalls<Store> {
  readonly #ports: StoreCallsPorts
  readonly #store: StoreOfConnection<Store>

  constructor(ports: StoreCallsPorts, store: StoreOfConnection<Store>) {
    this.#ports = ports
    this.#store = store
  }

  /** Makes a call that writes this many bytes, in order with publishes and other writes. */
  write<Result>(bytes: number, call: (store: Store) => Result): Promise<Awaited<Result>> {
    return this.#ports.publisher.write(bytes, (connection) => this.#over(connection, call))
  }

  async call<Result>(call: (store: Store) => Result): Promise<Awaited<Result>> {
    const { connection } = this.#ports.link
    if (!connection) throw new WildcastError('broker_down', 'the broker is not reachable; try again when it is back')
    return this.#over(connection, call)
  }

  /** Makes a call at once. The end of the connection leaves its outcome unknown. */
  async #over<Result>(connection: BrokerConnection, call: (store: Store) => Result): Promise<Awaited<Result>> {
    const { absent, remedy } = this.#store
    const store = this.#store.of(connection)
    if (!store) throw new WildcastError('unsupported', absent)
    try {
      return await call(store)
    } catch (cause) {
      if (WildcastError.from(cause).code !== 'broker_down') throw cause
      throw new WildcastError('interrupted', `the link to the broker broke on the way; ${remedy}`, { cause })
    }
  }
}
