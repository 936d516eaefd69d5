import { WildcastError } from '@wildcast/protocol'
import type { Outbox } from '../../../core/outbox.js'
import type { OutboxOwner } from '../../../core/outbox-ports.js'
import type { RelayView } from '../../../core/relay.js'

// Classic has no frames for failures: it closes the connection, or logs the failure.

/** Does not notify the client when a subscription has ended. */
export const classicOwner: OutboxOwner = { ended: () => {} }

/** The codes of publishes that are invalid in themselves. */
const mistakes: readonly string[] = ['invalid_frame', 'invalid_subject', 'unknown_broker']

/** Logs why a publish failed. Only an invalid publish closes the connection. */
export function failPublish(relay: RelayView, outbox: Outbox, cause: unknown): void {
  const error = WildcastError.from(cause)
  if (mistakes.includes(error.code)) outbox.end(error)
  else relay.onError(error, { stage: 'publish' })
}

/** Closes the connection for a client's mistake, and logs a failure of the relay or a broker. */
export function fail(relay: RelayView, outbox: Outbox, cause: unknown): void {
  const error = WildcastError.from(cause)
  if (error.retry) relay.onError(error, { stage: 'session' })
  else outbox.end(error)
}
