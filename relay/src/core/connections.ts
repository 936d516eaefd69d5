import { refusal, type WildcastError } from '@wildcast/protocol'
import type { Clock } from './clock.js'
import { Counts } from './counts.js'
import type { Limits } from './limits.js'
import { networkOf } from './network-of.js'
import type { Observer } from './observer.js'
import type { OnFailure } from './outlet.js'
import { KeyedRates, Rate } from './rates.js'

/** An open connection, as it counts for the limits. */
export interface Place {
  /** Absent without a limit for addresses. */
  readonly network: string | undefined
  /** `entering`: its client is not known yet. */
  state: 'entering' | 'open' | 'closed'
  /** The user that it counts for. */
  user: string | undefined
}

const relayIsFull = 'the relay is full'

/** Whether a connection was refused because the relay is full, not because of its client. */
export function isRelayFull({ cause }: WildcastError): boolean {
  return cause === relayIsFull
}

export interface ConnectionsPorts {
  readonly clock: Clock
  readonly limits: Limits
  readonly observer: Pick<Observer, 'connections' | 'refused'>
  /** Receives the reason of each refusal. */
  readonly onError: OnFailure
}

/** How soon a client may try again if it is refused because of the number of connections. */
const retryMs = 5000

/** Counts the connections of clients, and how often they come. */
export class Connections {
  readonly #ports: ConnectionsPorts
  readonly #handshakes: Rate
  readonly #addressHandshakes: KeyedRates
  readonly #ofAddress = new Counts()
  readonly #ofUser = new Counts()
  #open = 0

  constructor(ports: ConnectionsPorts) {
    const { clock, limits } = ports
    this.#ports = ports
    this.#handshakes = new Rate({ count: limits.handshakes }, clock.now())
    this.#addressHandshakes = new KeyedRates({ count: limits.addressHandshakes })
  }

  /**
   * Counts a new connection, before its client is known.
   * @param address - absent: no limit of an address holds
   * @throws {WildcastError} `rate_limited`; `isRelayFull` if any client were refused
   */
  enter(address: string | undefined): Place {
    const { limits, observer } = this.#ports
    const isLimited = limits.addressConnections !== undefined || limits.addressHandshakes !== undefined
    const network = isLimited && address !== undefined ? networkOf(address) : undefined
    const refusal = this.#refusalFor(network)
    if (refusal) throw this.#refused(refusal)
    this.#open++
    this.#ofAddress.add(network, 1)
    observer.connections('entering', 1)
    return { network, state: 'entering', user: undefined }
  }

  /**
   * The client is known.
   * @throws {WildcastError} `rate_limited` if its user has too many connections
   */
  known(place: Place, user: string | undefined): void {
    const { limits, observer } = this.#ports
    const { userConnections } = limits
    if (place.state !== 'entering') return
    if (user !== undefined && userConnections !== undefined) {
      if (this.#ofUser.of(user) >= userConnections)
        throw this.#refused(limited(`a user may have ${userConnections} connections; close another one`, retryMs))
      place.user = user
      this.#ofUser.add(user, 1)
    }
    place.state = 'open'
    observer.connections('entering', -1)
    observer.connections('open', 1)
  }

  /** The connection is closed. */
  leave(place: Place): void {
    const { state } = place
    if (state === 'closed') return
    place.state = 'closed'
    this.#ports.observer.connections(state, -1)
    this.#open--
    this.#ofAddress.add(place.network, -1)
    this.#ofUser.add(place.user, -1)
  }

  /** Those of an address come first: its clients must not use up what all share. */
  #refusalFor(network: string | undefined): WildcastError | undefined {
    const { clock, limits } = this.#ports
    const { connections, handshakes } = limits
    const now = clock.now()
    const ofAddress = network === undefined ? undefined : this.#refusalForAddress(network, now)
    if (ofAddress) return ofAddress
    if (connections !== undefined && this.#open >= connections)
      return full(`the relay has its limit of ${connections} connections; try again later`, retryMs)
    const waitMs = this.#handshakes.waitMs(0, now)
    if (waitMs > 0) return full(`the relay accepts ${handshakes} connections a second; try again later`, waitMs)
    this.#handshakes.take(0)
    if (network !== undefined) this.#addressHandshakes.of(network, now).take(0)
    return undefined
  }

  #refusalForAddress(network: string, now: number): WildcastError | undefined {
    const { addressConnections, addressHandshakes } = this.#ports.limits
    if (addressConnections !== undefined && this.#ofAddress.of(network) >= addressConnections)
      return limited(`an address may have ${addressConnections} connections; close another one`, retryMs)
    const waitMs = this.#addressHandshakes.of(network, now).waitMs(0, now)
    if (waitMs === 0) return undefined
    return limited(`an address may open ${addressHandshakes} connections a second; try again later`, waitMs)
  }

  /** Counts and logs a refusal. Returns it. */
  #refused(error: WildcastError): WildcastError {
    const { observer, onError } = this.#ports
    observer.refused('connect', error.code)
    onError(error, { stage: 'accept' })
    return error
  }
}

function full(why: string, retryInMs: number): WildcastError {
  return refusal('rate_limited', why, { retryInMs, cause: relayIsFull })
}

function limited(why: string, retryInMs: number): WildcastError {
  return refusal('rate_limited', why, { retryInMs })
}
