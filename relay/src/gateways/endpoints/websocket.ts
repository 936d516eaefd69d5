import { WildcastError } from '@wildcast/protocol'
import type { Mode } from '../dialects/classic/encoders.js'
import { v1Codecs } from '../dialects/v1/encoders.js'
import { type Gateway, refuseHandshake } from '../gateway.js'
import { onlyBy } from './only-by.js'
import { refuse, WebSockets } from './web-sockets.js'
import { dialectOfHandshake, type HandshakeDialect, isWs } from './websocket-dialect.js'

/** Options of `websocket`. */
export interface WebSocketOptions {
  /** The form for classic clients; without it only v1 is supported. */
  readonly mode?: Mode | undefined
  /**
   * Compresses messages of 1 KiB to 512 KiB for clients that offer `permessage-deflate`, once for
   * all of them. It costs CPU time, and some 300 kB for each client that sends compressed messages.
   * @default false
   */
  readonly compression?: boolean | undefined
}

/**
 * `/ws`: v1 by subprotocol, classic without one. `/subscribe/<pattern>`: one pattern, messages
 * only. `?broker=` limits it to one broker.
 */
export function websocket({ mode, compression = false }: WebSocketOptions = {}): Gateway {
  return ({ onUpgrade, routes, closing, stayFor }, relay) => {
    const sockets = new WebSockets(relay, { subprotocols: v1Codecs, compression })

    onUpgrade((handshake) => {
      const { request, socket, path } = handshake
      if (!isWs(path) && !path.startsWith('/subscribe/')) return false
      let dialect: HandshakeDialect
      try {
        dialect = dialectOfHandshake(request, { path, mode, relay })
      } catch (cause) {
        refuseHandshake(socket, 400, WildcastError.from(cause).message)
        return true
      }
      sockets.admit(handshake, dialect).catch((cause) => refuse(socket, WildcastError.from(cause)))
      return true
    })

    routes.get('/ws', (c) => c.text('connect with a WebSocket\n', 426, { Upgrade: 'websocket' }))
    routes.get('/subscribe/*', (c) =>
      c.text('connect with a WebSocket, or accept text/event-stream\n', 426, { Upgrade: 'websocket' }),
    )
    for (const path of ['/ws', '/subscribe/*']) routes.all(path, (c) => onlyBy(c, 'GET, HEAD'))

    closing.addEventListener('abort', () => stayFor(sockets.drain()))
  }
}
