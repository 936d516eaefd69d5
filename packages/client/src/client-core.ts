import type { ConnectionView } from './part.js'
import type { Scoped } from './scope-ports.js'
import type { Undo } from './time/clock.js'

/** The common part of clients with and without a contract. */
export interface ClientCore extends Scoped, ConnectionView {
  /**
   * Calls back when permissions may have changed: at each connect, and when the relay has accepted
   * a newer token. Ask `can` again then. Returns the undo.
   */
  onAccess(listener: () => void): Undo
  /**
   * Reports an error to `onError` with the stage `handler`. For layers that call the application,
   * such as the React hooks: an error thrown in their callbacks is reported like one thrown in a
   * callback of the client.
   */
  report(cause: unknown): void
  /**
   * Connects now instead of after the wait, and also after a final refusal by the relay. Does
   * nothing while connecting or online.
   */
  reconnect(): void
  /** Closes the client. Pending calls and all later calls fail with `interrupted`. */
  close(): void
}
