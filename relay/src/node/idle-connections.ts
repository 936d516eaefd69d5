import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/**
 * The connections of a server that wait for a request. Node's own `closeIdleConnections` skips
 * those that wait for their first one.
 */
export interface IdleConnections {
  /** Closes them, and busy ones as soon as they are answered. */
  close(): void
}

export function idleConnections(server: Server): IdleConnections {
  /** The number of requests being answered on each connection. */
  const answering = new Map<Socket, number>()
  let closing = false

  function count(socket: Socket, change: 1 | -1): void {
    const before = answering.get(socket)
    if (before === undefined) return
    answering.set(socket, before + change)
    if (closing && before + change === 0) socket.destroySoon()
  }

  server.on('connection', (socket: Socket) => {
    answering.set(socket, 0)
    socket.on('close', () => answering.delete(socket))
  })
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    count(socket, 1)
    response.once('close', () => count(socket, -1))
  })
  server.on('upgrade', (_, socket) => answering.delete(socket as Socket))

  return {
    close() {
      closing = true
      for (const [socket, requests] of answering) if (requests === 0) socket.destroy()
    },
  }
}
