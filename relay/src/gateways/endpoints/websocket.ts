import type { IncomingMessage } from 'node:http'
import { parsePattern, WildcastError } from '@wildcast/protocol'
import { type ServerOptions, WebSocketServer } from 'ws'
import type { RelayView } from '../../core/relay.js'
import type { Dialect } from '../connections/connection.js'
import type { Framing } from '../connections/framing.js'
import { heartbeat } from '../connections/heartbeat.js'
import { MessageMeters } from '../connections/message-meter.js'
import { OwnedWebSocket, WebSocketConnection } from '../connections/web-socket-connection.js'
import { classic, subscribeOnly } from '../dialects/classic/classic.js'
import { classicEncoders, type Mode, subscribeEncoders } from '../dialects/classic/encoders.js'
import type { OpenDialect } from '../dialects/dialect.js'
import { v1Codecs } from '../dialects/v1/encoders.js'
import { v1 } from '../dialects/v1/v1.js'
import { type Gateway, refuseHandshake } from '../gateway.js'
import { brokerOfUrl } from './broker-of-url.js'
import { onlyBy } from './only-by.js'
import { reconnectWindow } from './reconnect-window.js'
import { subjectOfPath } from './subject-of-path.js'

export interface WebSocketOptions {
  /** What classic clients are sent; without it only v1 is spoken. */
  readonly mode?: Mode | undefined
  /**
   * Compresses messages of 1 KiB to 512 KiB for clients that offer `permessage-deflate`, once for
   * all of them. It costs time in the relay, and some 300 kB for each client that sends compressed
   * messages. @default false
   */
  readonly compression?: boolean | undefined
}

/**
 * Each message is compressed for itself (RFC 7692, 7.1.1.1), so that all who get it share the
 * result, and nothing is kept for a client between two messages.
 */
const deflate = { serverNoContextTakeover: true, clientNoContextTakeover: true }

/** A client that has not closed its side after this is cut off. */
const closeTimeoutMs = 2000

/**
 * `/ws`: v1 by subprotocol, classic without one. `/subscribe/<pattern>`: one pattern, one way.
 * `?broker=` leads to one broker only.
 */
export function websocket({ mode, compression = false }: WebSocketOptions = {}): Gateway {
  return ({ onUpgrade, routes, closing }, relay) => {
    const connections = new Set<WebSocketConnection>()
    const beat = heartbeat(relay.clock)
    const server = new WebSocketServer<typeof OwnedWebSocket>(serverOptions(relay, compression))
    const ports = { ...relay, meters: new MessageMeters(frameBytes(relay)) }

    function gone(connection: WebSocketConnection): void {
      beat.unwatch(connection)
      connections.delete(connection)
    }

    onUpgrade(({ request, socket, head, path }) => {
      if (!isWs(path) && !path.startsWith('/subscribe/')) return false
      let spoken: Spoken
      try {
        spoken = spokenOver(request, { path, mode, relay })
      } catch (cause) {
        refuseHandshake(socket, 400, WildcastError.from(cause).message)
        return true
      }
      withoutNarrowWindow(request)
      server.handleUpgrade(request, socket, head, (ws) => {
        const connection = new WebSocketConnection(ws, socket, ports)
        beat.watch(connection)
        connections.add(connection)
        connection.speak(spoken(connection, ws.extensions.includes('permessage-deflate') ? 'deflated' : 'plain'), gone)
      })
      return true
    })

    routes.get('/ws', (c) => c.text('connect with a WebSocket\n', 426, { Upgrade: 'websocket' }))
    routes.get('/subscribe/*', (c) =>
      c.text('connect with a WebSocket, or accept text/event-stream\n', 426, { Upgrade: 'websocket' }),
    )
    for (const path of ['/ws', '/subscribe/*']) routes.all(path, (c) => onlyBy(c, 'GET, HEAD'))

    closing.addEventListener('abort', () => {
      beat.stop()
      const windowMs = reconnectWindow(connections.size)
      // Behind what waits to be handed out: it has been acknowledged.
      relay.slice.later(() => {
        for (const connection of connections) connection.goAway(windowMs)
      })
    })
  }
}

// The published types do not know `closeTimeout` yet, which a literal would not get past.
function serverOptions(relay: RelayView, compression: boolean): ServerOptions<typeof OwnedWebSocket> {
  const options = {
    WebSocket: OwnedWebSocket,
    noServer: true,
    clientTracking: false,
    perMessageDeflate: compression && deflate,
    autoPong: false,
    closeTimeout: closeTimeoutMs,
    maxPayload: frameBytes(relay),
    handleProtocols: (offered: Set<string>) => [...offered].find((protocol) => v1Codecs.has(protocol)) ?? false,
  }
  return options
}

/**
 * Messages are compressed for all with the whole window. Whoever has room for less is served
 * without compression, where ws would refuse the handshake.
 */
function withoutNarrowWindow({ headers }: IncomingMessage): void {
  if (headers['sec-websocket-extensions']?.includes('server_max_window_bits'))
    headers['sec-websocket-extensions'] = undefined
}

/** Some clients and proxies put a slash at the end. */
function isWs(path: string): boolean {
  return path === '/ws' || path === '/ws/'
}

/** What is spoken over a connection, once it is there. */
type Spoken = (connection: WebSocketConnection, framing: Framing) => Dialect

/** @throws {WildcastError} where a handshake asks for what is not there */
function spokenOver(
  request: IncomingMessage,
  { path, mode, relay }: { readonly path: string; readonly mode: Mode | undefined; readonly relay: RelayView },
): Spoken {
  const open = isWs(path) ? dialectOf(request, mode) : subscription(request, path, mode)
  const broker = brokerOfUrl(request.url ?? '')
  const view = broker === undefined ? relay : relay.only(broker)
  return (connection, framing) => open(framing)(view, connection)
}

/**
 * Bytes of the longest WebSocket message: a full payload as an array of numbers (`255,`), and room
 * for the rest of its frame.
 */
function frameBytes(relay: RelayView): number {
  return 4 * relay.limits.payload + 64 * 1024
}

function dialectOf(request: IncomingMessage, mode: Mode | undefined): (framing: Framing) => OpenDialect {
  const header = request.headers['sec-websocket-protocol']
  if (header === undefined) {
    const encoders = classicEncoders[demandMode(mode)]
    return (framing) => classic(encoders[framing])
  }
  for (const offered of header.split(',')) {
    const spoken = v1Codecs.get(offered.trim())
    if (spoken) return (framing) => v1(spoken.codec, spoken.encoders[framing])
  }
  throw new WildcastError('invalid_frame', `offer one of these subprotocols: ${[...v1Codecs.keys()].join(', ')}`)
}

function subscription(
  request: IncomingMessage,
  path: string,
  mode: Mode | undefined,
): (framing: Framing) => OpenDialect {
  // Of what is offered, ws would claim one, and none is spoken here.
  request.headers['sec-websocket-protocol'] = undefined
  const pattern = subjectOfPath(path, '/subscribe/')
  parsePattern(pattern) // refused before the handshake rather than after
  const encoders = subscribeEncoders[demandMode(mode)]
  return (framing) => subscribeOnly(pattern, encoders[framing])
}

function demandMode(mode: Mode | undefined): Mode {
  if (mode) return mode
  throw new WildcastError(
    'invalid_frame',
    `Websockets aren't supported: start the gateway with --websockets, or offer ${[...v1Codecs.keys()].join(' or ')}`,
  )
}
