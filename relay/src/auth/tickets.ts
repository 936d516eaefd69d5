import { randomBytes } from 'node:crypto'
import { accountOf, type Identity } from '../core/access/identity.js'
import type { Clock } from '../core/clock.js'
import { unauthorized } from './refusals.js'

/** How long a ticket is valid, in milliseconds. */
export const ticketMs = 30_000

/** Tickets that are kept. Past the limit the oldest is dropped. */
const mostTickets = 100_000

/** Those of one user. */
const mostOfUser = 1000

/** Those of all clients without a name. */
const mostOfNameless = mostTickets / 2

/**
 * Tickets for what can't carry a token: an `EventSource` or a link. Each is valid once, for 30
 * seconds, so that it is worth nothing in the log of a proxy.
 */
export class Tickets {
  readonly #clock: Clock
  /** In the order in which they expire. */
  readonly #tickets: Map<string, { readonly identity: Identity; readonly until: number }> = new Map()

  /** The tickets of each user, so that none crowds out those of others. Oldest first. */
  readonly #ofUser: Map<string | undefined, Set<string>> = new Map()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get size(): number {
    return this.#tickets.size
  }

  /** Makes a ticket for an identity. */
  issue(identity: Identity): string {
    this.#dropExpired()
    const user = accountOf(identity)
    const theirs = this.#ofUser.get(user) ?? new Set()
    const [oldest] = theirs
    if (oldest !== undefined && theirs.size >= (user === undefined ? mostOfNameless : mostOfUser)) this.#drop(oldest)
    const ticket = randomBytes(24).toString('base64url')
    this.#ofUser.set(user, theirs.add(ticket))
    this.#tickets.set(ticket, { identity, until: this.#clock.now() + ticketMs })
    return ticket
  }

  /**
   * The identity that a ticket was made for. It is worth nothing afterwards.
   * @throws {WildcastError} `unauthorized`
   */
  redeem(ticket: string): Identity {
    const found = this.#tickets.get(ticket)
    this.#drop(ticket)
    if (!found || found.until <= this.#clock.now()) throw unauthorized('the ticket is unknown, used or expired')
    return found.identity
  }

  #dropExpired(): void {
    for (const [ticket, { until }] of this.#tickets) {
      if (until > this.#clock.now() && this.#tickets.size < mostTickets) return
      this.#drop(ticket)
    }
  }

  #drop(ticket: string): void {
    const found = this.#tickets.get(ticket)
    const user = found && accountOf(found.identity)
    this.#tickets.delete(ticket)
    const theirs = this.#ofUser.get(user)
    theirs?.delete(ticket)
    if (theirs?.size === 0) this.#ofUser.delete(user)
  }
}
