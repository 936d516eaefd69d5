import { EventEmitter } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { UpgradingServer } from '@wildcast/relay'
import type { HostServer } from '@wildcast/relay/config'

/** The way of requests from Vite's server to the relay. */
export interface Door {
  /** Answers requests on the relay's paths, and leaves all others to Vite. */
  middleware(request: IncomingMessage, response: ServerResponse, next: () => void): void
  /** The server, as the relay uses it. */
  readonly host: HostServer
  /** Takes handshakes, too. Requests wait from now on. */
  wait(): void
  /** The relay gets the requests. */
  open(): void
  /** Requests are refused with this reason. */
  refuse(why: string): void
  /** Leaves the server. */
  close(): void
}

/** How a door is opened. */
export interface DoorOptions {
  /** The prefix of the relay's paths, or nothing. */
  readonly path: string
  /** Takes the handshakes of WebSockets. Absent: they are not served. */
  readonly server: UpgradingServer | undefined
  /** Whether a request may name this host. Vite checks it for all requests but handshakes. */
  allowsHost(host: string | undefined): boolean
}

/** The paths of the relay's endpoints, as in docs/gateway.md. */
const requestPaths =
  /^\/(?:(?:ws|stream(?:\/frames)?|ticket|healthz|readyz|metrics)\/?|(?:subscribe|publish|request|value|history)\/.+)$/
const handshakePaths = /^\/(?:ws\/?|subscribe\/.+)$/

/** Opens the way to a relay that is yet to be opened. */
export function openDoor({ path: prefix, server, allowsHost }: DoorOptions): Door {
  const upgrades = Object.assign(new EventEmitter(), { listening: true })
  let listener: Parameters<HostServer['handle']>[0] | undefined
  let state: 'waiting' | 'open' | 'refusing' = 'waiting'
  let why = ''
  const waiting: (() => void)[] = []

  const isRelays = (url: string | undefined, paths: RegExp): boolean => {
    const path = (url ?? '').replace(/\?.*$/s, '')
    return prefix === '' ? paths.test(path) : path.startsWith(`${prefix}/`)
  }
  const decide = (act: () => void): void => void (state === 'waiting' ? waiting.push(act) : act())
  function become(next: typeof state, reason = ''): void {
    state = next
    why = reason
    if (state === 'waiting') return
    for (const act of waiting.splice(0)) act()
  }

  function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (isVites(request) || !isRelays(request.url, handshakePaths)) return
    socket.on('error', () => socket.destroy())
    if (!allowsHost(request.headers.host))
      return void refuse(socket, 403, 'this host is not allowed; add it to server.allowedHosts of Vite')
    decide(() => {
      if (state !== 'open' || !upgrades.emit('upgrade', request, socket, head)) void refuse(socket, 503, why)
    })
  }

  return {
    middleware(request, response, next) {
      if (!isRelays(request.url, requestPaths)) return next()
      decide(() => {
        if (state === 'open' && listener?.(request, response)) return
        response.writeHead(503, { 'content-type': 'text/plain; charset=utf-8' }).end(`${why}\n`)
      })
    },
    host: {
      server: server && upgrades,
      path: prefix,
      handle: (given) => {
        listener = given
      },
    },
    wait() {
      server?.off('upgrade', upgrade)
      server?.on('upgrade', upgrade)
      become('waiting')
    },
    open: () => become('open', 'the relay is closed'),
    refuse: (reason) => become('refusing', reason),
    close() {
      server?.off('upgrade', upgrade)
      become('refusing', 'the relay is closed')
    },
  }
}

/** Whether a handshake is for Vite's own socket, which may have any path. */
function isVites({ headers }: IncomingMessage): boolean {
  return ['vite-hmr', 'vite-ping'].includes(headers['sec-websocket-protocol'] ?? '')
}

/** Loads the relay when it is needed: a build of Vite loads this module, too. */
async function refuse(socket: Duplex, status: number, reason: string): Promise<void> {
  const { refuseHandshake } = await import('@wildcast/relay/config')
  refuseHandshake(socket, status, reason)
}
