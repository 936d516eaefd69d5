import type { WebSocketServer } from 'ws'
import type { Peer } from '../transports/transport.contract.js'

/** Ends the connections of a server of the `ws` library, and the server itself. */
export function endsOf(server: WebSocketServer): Pick<Peer, 'hangUp' | 'close'> {
  return {
    hangUp(code, reason) {
      for (const socket of server.clients) socket.close(code, reason)
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of server.clients) socket.terminate()
        server.close(() => resolve())
      }),
  }
}
