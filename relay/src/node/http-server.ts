import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import type { Hono } from 'hono'
import { realClock } from '../core/clock.js'
import type { Ports } from '../gateways/gateway.js'
import { handshakes } from './handshakes.js'
import { idleConnections } from './idle-connections.js'
import { inTurn } from './in-turn.js'

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
export const closeGraceMs = 3000

/** An HTTP server of the relay's own: plain requests go to the routes, handshakes to whoever takes their path. */
export function httpServer(routes: Hono): HttpServer {
  const server: Server = createServer(patience, inTurn(getRequestListener(routes.fetch)))
  const idle = idleConnections(server)
  const { onUpgrade, destroy } = handshakes(server, (path) => path)
  return {
    ports: { routes, onUpgrade },
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
          destroy()
        })
        server.close(() => {
          stopClock()
          resolve()
        })
        idle.close()
      }),
  }
}
