import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { realClock } from '../core/clock.js'

/** How long a client may continue to send after its connection was ended. */
const lingerMs = 2000

/**
 * Ends connections in stages (RFC 9112, 9.6). Node closes a connection as soon as its last answer
 * is written. If the client is still sending, its kernel then drops the answer together with the
 * connection. So the sending side is closed first, and input is read and ignored until the client
 * closes its own side.
 */
export function lingeringClose(server: Server): void {
  server.on('connection', (socket: Socket) => {
    socket.destroySoon = linger
  })
}

function linger(this: Socket): void {
  if (this.writableEnded) return
  this.end()
  this.resume()
  this.once(
    'close',
    realClock.after(lingerMs, () => this.destroy()),
  )
}
