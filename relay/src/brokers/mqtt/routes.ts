import type { Incoming } from './wire.js'

/** Takes what a filter brings, in order. */
export type Take = (packet: Incoming) => void

/** A subscription of one connection. */
export interface Route {
  /** @throws {WildcastError} where the server refuses */
  readonly confirmed: Promise<void>
  /** Asks the server at once to end it; what it has under way may still come. Never rejects. */
  end(): Promise<void>
}

/**
 * Brings to each subscription of a connection what its filter matches, once, however filters
 * overlap, come and go.
 */
export interface Routes {
  add(filter: string, take: Take): Route
  close(): Promise<void>
}
