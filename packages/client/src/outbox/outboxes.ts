import type { ConnectionView } from '../part.js'
import type { OpenOutbox } from './open-outbox.js'

/** A page may watch an outbox without the code that opens one. */
const outboxes = new WeakMap<ConnectionView, Promise<OpenOutbox>>()

/** Registers the outbox of a client. The promise rejects if it can't be opened. */
export function setOutbox(client: ConnectionView, opening: Promise<OpenOutbox>): void {
  outboxes.set(client, opening)
}

/** Returns the outbox of a client; undefined for a client without one. */
export function outboxOf(client: ConnectionView): Promise<OpenOutbox> | undefined {
  return outboxes.get(client)
}
