import { randomBytes } from 'node:crypto'
import type { Identity } from '../core/access/identity.js'
import type { Clock } from '../core/clock.js'
import { unauthorized } from './refusals.js'

/** How long a ticket is valid, in milliseconds. */
export const ticketMs = 30_000

/** Tickets that are kept. Past the limit the oldest is dropped. */
const mostTickets = 100_000

/**
 * Tickets for what can't carry a token: an `EventSource` or a link. Each is valid once, for 30
 * seconds, so that it is worth nothing in the log of a proxy.
 */
export class Tickets {
  readonly #clock: Clock
  /** In the order in which they expire. */
  readonly #tickets: Map<string, { readonly identity: Identity; readonly until: number }> = new Map()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Makes a ticket for an identity. */
  issue(identity: Identity): string {
    this.#dropExpired()
    const ticket = randomBytes(24).toString('base64url')
    this.#tickets.set(ticket, { identity, until: this.#clock.now() + ticketMs })
    return ticket
  }

  /**
   * The identity that a ticket was made for. It is worth nothing afterwards.
   * @throws {WildcastError} `unauthorized`
   */
  redeem(ticket: string): Identity {
    const found = this.#tickets.get(ticket)
    this.#tickets.delete(ticket)
    if (!found || found.until <= this.#clock.now()) throw unauthorized('the ticket is unknown, used or expired')
    return found.identity
  }

  #dropExpired(): void {
    for (const [ticket, { until }] of this.#tickets) {
      if (until > this.#clock.now() && this.#tickets.size < mostTickets) return
      this.#tickets.delete(ticket)
    }
  }
}
