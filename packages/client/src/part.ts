import type { WelcomeFrame } from '@wildcast/protocol/client'
import type { ReportError } from './app/report-error.js'
import type { Status } from './connection/status.js'
import type { TokenSource } from './connection/token-source.js'
import type { PublishPorts, SendPublish } from './publishing/publish.js'
import type { Scoped } from './scope-ports.js'
import type { ClientClock, Undo } from './time/clock.js'
import type { OpenTransport } from './transports/transport.js'

/** The observable state of a client's connection. */
export interface ConnectionView {
  /** A new object at each change; the same object in between. */
  readonly status: Status
  /** Calls back at each change of `status`. Returns the undo. */
  onStatus(listener: (status: Status) => void): Undo
  /** The relay's last `Welcome`: its brokers, limits and clock. */
  readonly welcome: WelcomeFrame | undefined
}

/** Loads the client's transport. A part may replace `load` and call the previous one. */
export interface Reach {
  /** Called at each attempt to connect. */
  load(): OpenTransport | Promise<OpenTransport>
}

/** The client as a part uses it. `publish` publishes as the client does without the part. */
export interface PartPorts extends PublishPorts {
  /** The `url` option of `createClient`. */
  readonly url: string
  readonly clock: ClientClock
  /** The client itself. */
  readonly connection: ConnectionView & Scoped
  readonly reach: Reach
  /** The client's tokens. */
  readonly tokens: TokenSource
  /** Ends the wait for the next attempt to connect. */
  wake(): void
  /** Reports a background failure to `onError`. */
  readonly fault: ReportError
}

/**
 * A part that an application adds to a client with `use`. `createClient` calls it once; the client
 * then publishes with the function that it returns. The client is closed when its status is
 * `closed` without a reason.
 */
export type ClientPart = (ports: PartPorts) => SendPublish
