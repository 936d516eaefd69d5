import type { WelcomeFrame } from '@wildcast/protocol/client'
import type { ReportError } from './app/report-error.js'
import type { Status } from './connection/status.js'
import type { PublishPorts, SendPublish } from './publishing/publish.js'
import type { ClientClock, Undo } from './time/clock.js'
import type { OpenTransport } from './transports/transport.js'

/** What can be known of the connection of a client. */
export interface ConnectionView {
  /** A new object at each change, the same in between. */
  readonly status: Status
  /** Calls back at each change of `status`. Returns the undo. */
  onStatus(listener: (status: Status) => void): Undo
  /** What the relay said of itself when it was last reached: brokers, limits, clock. */
  readonly welcome: WelcomeFrame | undefined
}

/** How a client reaches its relay. A part may replace `load`, and call the one before. */
export interface Reach {
  /** Is called at each attempt to connect. */
  load(): OpenTransport | Promise<OpenTransport>
}

/** What a part gets of its client. `publish` is how the client publishes without the part. */
export interface PartPorts extends PublishPorts {
  /** As it was given to `createClient`. */
  readonly url: string
  readonly clock: ClientClock
  readonly connection: ConnectionView
  readonly reach: Reach
  /** Ends the wait for the next attempt to connect. */
  wake(): void
  /** Reports a background failure to `onError`. */
  readonly fault: ReportError
}

/**
 * A part that an application adds to a client with `use`. It is called once, by `createClient`, and
 * returns how the client publishes from then on. The client is closed when its status is `closed`
 * without a reason.
 */
export type ClientPart = (ports: PartPorts) => SendPublish
