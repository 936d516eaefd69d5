import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Hono } from 'hono'
import type { TimeSlice } from '../core/time-slice.js'
import { handshakes, type UpgradingServer } from './handshakes.js'
import type { HttpServer } from './http-server.js'
import { inTurn } from './in-turn.js'
import { originForm } from './origin-form.js'
import { withinGrace } from './port-server.js'
import { requestListener } from './request-listener.js'

/** A server of the application, on which a relay is a guest. */
export interface HostServer {
  /** Takes the handshakes of WebSockets. Absent: the relay has no WebSockets. */
  readonly server?: UpgradingServer | undefined
  /** The prefix of the relay's paths, such as `/wildcast`. Empty: every path is the relay's. */
  readonly path: string
  /** Called once with the relay's listener, which returns false if a request is not the relay's. */
  handle(listener: (request: IncomingMessage, response: ServerResponse) => boolean): void
}

/** Serves routes on a server that stays when the relay closes. */
export function guest(routes: Hono, host: HostServer, slice: TimeSlice): HttpServer {
  const answer = inTurn(requestListener(routes), slice)
  const pathOf = (url: string): string | undefined =>
    url.startsWith(`${host.path}/`) ? url.slice(host.path.length) : undefined
  const sockets = host.server && handshakes(host.server, { slice, pathOf })
  let closed = false
  host.handle((request, response) => {
    const inside = closed ? undefined : pathOf(originForm(request.url ?? ''))
    if (inside === undefined) return false
    request.url = inside
    answer(request, response)
    return true
  })
  return {
    ports: { routes, onUpgrade: (take) => sockets?.onUpgrade(take) },
    take: (socket) => socket.destroy(), // the host accepts its connections itself
    listen: () => Promise.resolve(undefined),
    async close(drained) {
      closed = true
      sockets?.stop()
      await drained
      if (sockets) await withinGrace(sockets.ended(), sockets.destroy)
    },
  }
}
