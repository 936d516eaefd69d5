import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { type Clock, realClock } from '../core/clock.js'

/**
 * The connections of a server that wait for a request. Node's own `closeIdleConnections` skips
 * those that wait for their first one.
 */
export interface IdleConnections {
  /**
   * Closes them, and busy ones as soon as they are answered. A connection that has just been opened
   * is closed after its first request: a proxy may have sent it already, and does not send a POST
   * twice.
   */
  close(): void
}

/**
 * How long after its start a connection may wait for its first request, while the server closes, in
 * milliseconds.
 */
export const freshMs = 1000

interface Connection {
  readonly since: number
  /** The number of requests that are being answered. */
  answering: number
  hasAsked: boolean
}

export function idleConnections(server: Server, clock: Clock = realClock): IdleConnections {
  const connections = new Map<Socket, Connection>()
  let closing = false

  function begin(socket: Socket): void {
    const connection = { since: clock.now(), answering: 0, hasAsked: false }
    connections.set(socket, connection)
    socket.on('close', () => connections.delete(socket))
    if (closing) closeIdle(socket, connection)
  }

  function answered(socket: Socket, connection: Connection): void {
    connection.answering--
    if (closing && connection.answering === 0) socket.destroySoon()
  }

  function closeIdle(socket: Socket, connection: Connection): void {
    if (connection.answering > 0) return
    const leftMs = connection.since + freshMs - clock.now()
    if (connection.hasAsked || leftMs <= 0) {
      socket.destroy()
      return
    }
    const stopClock = clock.after(leftMs, () => {
      if (!connection.hasAsked) socket.destroy()
    })
    socket.once('close', stopClock)
  }

  server.on('connection', begin)
  // Before the listener that answers, which may begin the answer at once.
  server.prependListener('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    const connection = connections.get(socket)
    if (!connection) return
    connection.hasAsked = true
    connection.answering++
    if (closing) response.shouldKeepAlive = false
    response.once('close', () => answered(socket, connection))
  })
  server.on('upgrade', (_, socket) => connections.delete(socket as Socket))

  return {
    close() {
      closing = true
      for (const [socket, connection] of connections) closeIdle(socket, connection)
    },
  }
}
