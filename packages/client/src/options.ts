import type { Codec } from '@wildcast/protocol/client'
import type { OnError } from './app/report-error.js'
import type { ClientPart } from './part.js'
import type { ClientClock } from './time/clock.js'
import type { OpenTransport, WebSocketConstructor } from './transports/transport.js'

/** How a client reaches its relay. */
export interface ClientOptions {
  /**
   * `ws(s)://…` or `http(s)://…`, or a path such as `/ws` on the page's own host. A URL without a
   * path means `/ws`. All else throws.
   */
  readonly url: string
  /** @default JSON */
  readonly codec?: Codec | undefined
  /**
   * `classic` speaks with a server that knows nothing but the dialect of the original gateway.
   * @default 'v1'
   */
  readonly dialect?: 'v1' | 'classic' | undefined
  /** Proves who the user is. A function is asked at each connect. */
  readonly token?: string | (() => string | Promise<string>) | undefined
  /** Name of the broker for calls that name none. @default the relay's own default */
  readonly broker?: string | undefined
  /**
   * How many publishes and requests are kept while offline; Infinity for all. One more is rejected
   * with `rate_limited`.
   * @default 1000
   */
  readonly queue?: number | undefined
  /**
   * Parts that most clients don't need, such as `outbox()` of `@wildcast/client/outbox`. @default
   * none
   */
  readonly use?: readonly ClientPart[] | undefined
  /** @default console.error */
  readonly onError?: OnError | undefined
  /** @default WebSocket */
  readonly transport?: OpenTransport | undefined
  /**
   * For a runtime without a `WebSocket` of its own, such as Node 20: that of `ws`. @default
   * globalThis.WebSocket
   */
  readonly WebSocket?: WebSocketConstructor | undefined
  /** @default realClock */
  readonly clock?: ClientClock | undefined
}
