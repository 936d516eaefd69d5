import type { Socket } from 'node:net'
import { WildcastError } from '@wildcast/protocol'
import type { Clock } from '../../core/clock.js'
import type { OnFailure } from '../../core/outlet.js'
import { within } from '../../core/within.js'
import { type StatedConnection, stateConnection } from '../../gateways/endpoints/peer.js'
import { networks, plainAddress } from '../../gateways/endpoints/proxy-list.js'
import { freshMs } from '../idle-connections.js'
import { takeProxyHeader } from './read-proxy-header.js'
import { openTlsEnd } from './tls-end.js'
import type { GatewayTls } from './tls-files.js'

/** How connections of a port begin, before HTTP. */
export interface FrontSettings {
  /** Ends TLS. @default plain HTTP */
  readonly tls?: GatewayTls | undefined
  /** Whether connections begin with a PROXY header, which only these proxies may send. */
  readonly proxyProtocol?: boolean | undefined
  readonly trustedProxies?: readonly string[] | undefined
}

export interface FrontOptions extends FrontSettings {
  readonly clock: Clock
  readonly onError: OnFailure
  /** Receives each connection that is ready for HTTP. */
  ready(socket: Socket): void
}

/** Reads what precedes HTTP on a connection. */
export interface Front {
  take(socket: Socket): void
  /** Resolves when all connections are ready, or ended. Ends them after a short time. */
  close(): Promise<void>
}

/** Returns undefined if connections begin with HTTP. @throws if TLS can't be opened */
export function openFront({
  tls,
  proxyProtocol = false,
  trustedProxies = [],
  ...ports
}: FrontOptions): Front | undefined {
  if (!tls && !proxyProtocol) return undefined
  const { clock, onError, ready } = ports
  const isTrusted = networks(trustedProxies)
  const early = earlySockets(clock)
  const facts = new WeakMap<Socket, StatedConnection>()

  function pass(socket: Socket, carrier: Socket): void {
    const stated = facts.get(carrier)
    if (stated) stateConnection(socket, stated)
    ready(socket)
    early.delete(carrier)
  }

  const end =
    tls && openTlsEnd({ files: tls, clock, onError, secured: (socket, carrier) => pass(socket, carrier ?? socket) })

  async function readHeader(socket: Socket): Promise<void> {
    const proxy = plainAddress(socket.remoteAddress ?? '')
    if (proxy === undefined || !isTrusted(proxy))
      throw new Error(`${proxy ?? 'a client'} is not one of "trusted_proxies", and only these may connect`)
    facts.set(socket, await takeProxyHeader(socket, clock))
  }

  function begin(socket: Socket): void {
    if (socket.destroyed) return
    if (end) end.take(socket)
    else {
      pass(socket, socket)
      process.nextTick(() => socket.resume())
    }
  }

  return {
    take(socket) {
      early.add(socket)
      socket.on('error', () => socket.destroy())
      if (!proxyProtocol) begin(socket)
      else
        readHeader(socket).then(
          () => begin(socket),
          (cause) => {
            onError(new WildcastError('invalid_frame', WildcastError.from(cause).message), { stage: 'proxy' })
            socket.destroy()
          },
        )
    },
    close() {
      end?.close()
      return early.close()
    },
  }
}

/** The connections that are not ready. */
function earlySockets(clock: Clock) {
  const sockets = new Set<Socket>()
  let whenNone = (): void => {}

  function remove(socket: Socket): void {
    sockets.delete(socket)
    if (sockets.size === 0) whenNone()
  }

  return {
    add(socket: Socket): void {
      sockets.add(socket)
      socket.once('close', () => remove(socket))
    },
    delete: remove,
    async close(): Promise<void> {
      if (sockets.size === 0) return
      const none = new Promise<void>((resolve) => {
        whenNone = resolve
      })
      await within(freshMs, none, clock)
      for (const socket of sockets) socket.destroy()
    },
  }
}
