import type { Incoming } from './wire.js'

/** Receives the packets of a filter, in order. */
export type Take = (packet: Incoming) => void

/** A subscription of one connection. */
export interface Route {
  /** Rejects if the server refuses it. */
  readonly confirmed: Promise<void>
  /** Unsubscribes at once. Packets on their way may still arrive. Never rejects. */
  end(): Promise<void>
}

/**
 * Delivers each packet once to each subscription with a matching filter, even if filters overlap.
 */
export interface Routes {
  add(filter: string, take: Take): Route
  /** See `MqttWire.mark`, for all connections. */
  mark(): Promise<void>
  close(): Promise<void>
}
