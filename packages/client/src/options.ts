import type { Contract, ContractCheck } from '@wildcast/contract'
import type { Codec } from '@wildcast/protocol/client'
import type { OnError } from './app/report-error.js'
import type { TokenFunction } from './connection/token-source.js'
import type { ClientPart } from './part.js'
import type { ClientClock } from './time/clock.js'
import type { OpenTransport, WebSocketConstructor } from './transports/transport.js'

/** Options of `createClient`. */
export interface ClientOptions {
  /**
   * `ws(s)://…` or `http(s)://…`, or a path such as `/ws` on the page's own host. A URL without a
   * path gets `/ws`. Anything else throws.
   */
  readonly url: string
  /**
   * The contract of the subjects. The client then has the types of its entries, uses their
   * options as defaults, and checks all data by their schemas.
   * @default none: data has any form
   */
  readonly contract?: Contract | undefined
  /**
   * The treatment of data that does not fit the contract. `throw`: it is not sent, the call rejects
   * with `invalid_payload`; received data is not delivered, but reported to `onError`. `report`: it
   * is sent or delivered, and reported; received data is checked when `data` is first read. `off`:
   * no schema runs, and received data is as on the wire.
   * @default `report` if `process.env.NODE_ENV` is `production`, else `throw`
   */
  readonly check?: ContractCheck | undefined
  /** @default JSON */
  readonly codec?: Codec | undefined
  /**
   * `classic` is for a server that supports only the dialect of the original gateway.
   * @default 'v1'
   */
  readonly dialect?: 'v1' | 'classic' | undefined
  /**
   * Authenticates the user. A function is called at each connect, before the token expires, and
   * once after the relay has refused it; `reason` is which of these. If it throws or rejects, the
   * client tries again later.
   */
  readonly token?: string | TokenFunction | undefined
  /** The broker of calls that don't name one. @default the relay's own default */
  readonly broker?: string | undefined
  /**
   * The number of publishes and requests that are queued while offline; Infinity for no limit.
   * Further ones are rejected with `rate_limited`.
   * @default 1000
   */
  readonly queue?: number | undefined
  /**
   * Optional parts, such as `outbox()` of `@wildcast/client/outbox`.
   * @default none
   */
  readonly use?: readonly ClientPart[] | undefined
  /** @default console.error */
  readonly onError?: OnError | undefined
  /** @default WebSocket */
  readonly transport?: OpenTransport | undefined
  /**
   * For a runtime without `WebSocket`, such as Node 20: pass the one of `ws`.
   * @default globalThis.WebSocket
   */
  readonly WebSocket?: WebSocketConstructor | undefined
  /** @default platformClock */
  readonly clock?: ClientClock | undefined
}
