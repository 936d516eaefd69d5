import type { Mode } from '../gateways/dialects/classic/encoders.js'
import { crossOrigin } from '../gateways/endpoints/cross-origin.js'
import { health } from '../gateways/endpoints/health.js'
import { http } from '../gateways/endpoints/http.js'
import type { Form } from '../gateways/endpoints/http-envelope.js'
import { httpRequest } from '../gateways/endpoints/http-request.js'
import { serverSentEvents } from '../gateways/endpoints/server-sent-events.js'
import { stream } from '../gateways/endpoints/stream.js'
import { websocket } from '../gateways/endpoints/websocket.js'
import type { Gateway } from '../gateways/gateway.js'
import { staticFiles } from './static-files.js'

export interface DoorsOptions {
  /** What classic WebSocket clients are sent. @default they are not served */
  readonly websockets?: Mode | undefined
  /** How HTTP requests are serialised. @default `/request` is not served */
  readonly requestResponse?: Form | undefined
  /** How long `/request` waits for an answer, in milliseconds. */
  readonly timeoutMs: number
  /** A folder whose files are served as well. */
  readonly static?: string | undefined
  /** The origins whose pages may come. @default all */
  readonly origins?: readonly string[] | undefined
  /** Whether long messages are compressed for WebSocket clients that offer it. @default false */
  readonly compression?: boolean | undefined
  /** Where the metrics are read. */
  readonly metrics: Gateway
}

/** The doors of a port. Files come last: every other door's paths go before theirs. */
export function doors(options: DoorsOptions): readonly Gateway[] {
  const { websockets, requestResponse, timeoutMs, static: folder, origins, compression, metrics } = options
  return [
    crossOrigin({ origins }),
    metrics,
    http,
    health,
    serverSentEvents,
    stream,
    websocket({ mode: websockets, compression }),
    httpRequest({ form: requestResponse, timeoutMs }),
    ...(folder === undefined ? [] : [staticFiles(folder)]),
  ]
}
