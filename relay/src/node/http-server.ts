import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { getRequestListener } from '@hono/node-server'
import type { Hono } from 'hono'
import { realClock } from '../core/clock.js'
import { type Handshake, type Ports, refuseHandshake } from '../gateways/gateway.js'
import { idleConnections } from './idle-connections.js'

export interface HttpServer {
  readonly ports: Omit<Ports, 'closing'>
  /** Starts to listen. Resolves with the port, which matters when 0 was asked for. */
  listen(port: number, host?: string): Promise<number>
  /** Stops to listen, and closes what is idle. Resolves when the last connection has closed. */
  close(): Promise<void>
}

/** Where slow senders of headers and bodies are cut off. Node's own limits are six to ten times as patient. */
const patience = { headersTimeout: 10_000, requestTimeout: 30_000, connectionsCheckingInterval: 5_000 }

/** How long a connection that is under way may hold up the end. */
const closeGraceMs = 3000

/** The relay's one HTTP server: plain requests go to the routes, handshakes to whoever takes their path. */
export function httpServer(routes: Hono): HttpServer {
  const takers: ((handshake: Handshake) => boolean)[] = []
  const upgraded = new Set<Duplex>() // Node's server forgets a socket that asked for an upgrade
  const server: Server = createServer(patience, getRequestListener(routes.fetch))
  const idle = idleConnections(server)

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    upgraded.add(socket)
    socket.once('close', () => upgraded.delete(socket))
    // A client that is gone before its handshake is answered: there is nobody left to tell.
    socket.on('error', () => socket.destroy())
    answer(request, socket, head)
  })

  function answer(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const path = (request.url ?? '/').replace(/\?.*$/s, '')
    if (!server.listening) refuseHandshake(socket, 503, 'the relay goes away; reconnect')
    else if (request.headers.upgrade?.toLowerCase() !== 'websocket')
      refuseHandshake(socket, 400, 'this server upgrades to "websocket" only; leave the Upgrade header out')
    else if (!takers.some((take) => take({ request, socket, head, path })))
      refuseHandshake(socket, 404, 'no WebSocket is served on this path; try /ws')
  }

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
        const stopClock = realClock.after(closeGraceMs, () => {
          server.closeAllConnections()
          for (const socket of upgraded) socket.destroy()
        })
        server.close(() => {
          stopClock()
          resolve()
        })
        idle.close()
      }),
  }
}
