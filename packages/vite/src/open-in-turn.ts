import type { DevRelay } from './dev-relay.js'

/** The last relay on each server, by path. */
const last = new WeakMap<object, Map<string, DevRelay>>()

/**
 * Opens a relay when the one before it has closed. Vite makes a new server before it closes the
 * one that it replaces; as middleware, both have the same HTTP server.
 */
export function openInTurn(server: object, path: string, relay: DevRelay): void {
  const relays = last.get(server) ?? new Map<string, DevRelay>()
  last.set(server, relays)
  const before = relays.get(path)
  relays.set(path, relay)
  if (before) void before.closed.then(() => relay.open())
  else relay.open()
}
