import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { getRequestListener } from '@hono/node-server'
import type { Hono } from 'hono'
import { realClock } from '../core/clock.js'
import type { Handshake, Ports } from '../gateways/gateway.js'

export interface HttpServer {
  readonly ports: Omit<Ports, 'closing'>
  /** Starts to listen. Resolves with the port, which matters when 0 was asked for. */
  listen(port: number, host?: string): Promise<number>
  /** Stops to listen, and closes what is idle. Resolves when the last connection has closed. */
  close(): Promise<void>
}

/** Where slow senders of headers and bodies are cut off. Node's own limits are six to ten times as patient. */
const patience = { headersTimeout: 10_000, requestTimeout: 30_000, connectionsCheckingInterval: 5_000 }

/** How long a request that is under way may hold up the end. */
const closeGraceMs = 2000

/** The relay's one HTTP server: plain requests go to the routes, handshakes to whoever takes their path. */
export function httpServer(routes: Hono): HttpServer {
  const takers: ((handshake: Handshake) => boolean)[] = []
  const server: Server = createServer(patience, getRequestListener(routes.fetch))

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // A client that is gone before its handshake is answered: there is nobody left to tell.
    socket.on('error', () => socket.destroy())
    const path = (request.url ?? '/').replace(/\?.*$/s, '')
    if (takers.some((take) => take({ request, socket, head, path }))) return
    socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
  })

  return {
    ports: { routes, onUpgrade: (take) => takers.push(take) },
    listen: (port, host) =>
      new Promise((resolve, reject) => {
        server.once('error', reject)
        server.listen(port, host, () => {
          server.off('error', reject)
          resolve((server.address() as AddressInfo).port)
        })
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeIdleConnections()
        realClock.after(closeGraceMs, () => server.closeAllConnections())
      }),
  }
}
