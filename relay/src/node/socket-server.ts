import { createServer, type Socket } from 'node:net'
import { realClock } from '../core/clock.js'
import type { OnFailure } from '../core/outlet.js'
import { descriptors } from './descriptors.js'
import { type FrontSettings, openFront } from './front/front.js'
import { listening, type PortServer, withinGrace } from './port-server.js'
import { stopListening } from './stop-listening.js'

export interface SocketServerOptions extends FrontSettings {
  /** Receives the reason if a connection can't be accepted. */
  readonly onError: OnFailure
  /** Takes each connection that is ready for the dialect. */
  take(socket: Socket): void
}

/** A server of the relay's own for connections without HTTP. */
export function socketServer({ onError, take, ...settings }: SocketServerOptions): PortServer {
  const admits = descriptors({ clock: realClock, onError, refusal: '' })
  const open = new Set<Socket>()

  function serve(socket: Socket): void {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
    take(socket)
  }
  const front = openFront({ ...settings, clock: realClock, onError, ready: serve })
  const begin = (socket: Socket): void => (front ? front.take(socket) : serve(socket))
  const server = createServer({ noDelay: true, allowHalfOpen: true, pauseOnConnect: true }, (socket) => {
    // Clients behind a NAT that is gone are found, also those without a keep-alive of their own.
    socket.setKeepAlive(true, keepAliveMs)
    if (admits(socket)) begin(socket)
  })
  return {
    take: begin,
    listen: (where) => listening(server, where, onError),
    async close(drained) {
      const isListening = server.listening
      const stopped = isListening && new Promise((resolve) => server.once('close', resolve))
      if (isListening) await stopListening(server)
      await Promise.all([drained, front?.close()])
      const ended = [...open].map((socket) => new Promise((resolve) => socket.once('close', resolve)))
      await withinGrace(Promise.all([stopped, ...ended]), () => {
        for (const socket of open) socket.destroy()
      })
    },
  }
}

/** After this time without traffic, the system asks if the client is there, in milliseconds. */
const keepAliveMs = 60_000
