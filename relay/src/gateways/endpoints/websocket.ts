import type { IncomingMessage } from 'node:http'
import { WildcastError } from '@wildcast/protocol'
import { type Server, type ServerOptions, WebSocketServer } from 'ws'
import { accountOf, type Credentials, everything, type Identity, unknown } from '../../core/access/identity.js'
import type { Place } from '../../core/connections.js'
import type { RelayView } from '../../core/relay.js'
import { type Heartbeat, heartbeat } from '../connections/heartbeat.js'
import { MessageMeters } from '../connections/message-meter.js'
import { type ConnectionPorts, OwnedWebSocket, WebSocketConnection } from '../connections/web-socket-connection.js'
import type { Mode } from '../dialects/classic/encoders.js'
import type { NewClient } from '../dialects/dialect.js'
import { v1Codecs } from '../dialects/v1/encoders.js'
import { type Gateway, type Handshake, refuseHandshake } from '../gateway.js'
import { credentialsOf } from './credentials.js'
import { drain } from './drain.js'
import { errorHeaders, statusOf } from './http-errors.js'
import { onlyBy } from './only-by.js'
import { dialectOfHandshake, type HandshakeDialect, isWs } from './websocket-dialect.js'

/** Options of `websocket`. */
export interface WebSocketOptions {
  /** The form for classic clients; without it only v1 is supported. */
  readonly mode?: Mode | undefined
  /**
   * Compresses messages of 1 KiB to 512 KiB for clients that offer `permessage-deflate`, once for
   * all of them. It costs CPU time, and some 300 kB for each client that sends compressed messages.
   * @default false
   */
  readonly compression?: boolean | undefined
}

/**
 * Compresses each message separately (RFC 7692, 7.1.1.1), so that clients share the result, and no
 * state is kept between messages.
 */
const deflate = { serverNoContextTakeover: true, clientNoContextTakeover: true }

/** A client that has not closed its side after this is cut off. */
const closeTimeoutMs = 2000

/**
 * `/ws`: v1 by subprotocol, classic without one. `/subscribe/<pattern>`: one pattern, messages
 * only. `?broker=` limits it to one broker.
 */
export function websocket({ mode, compression = false }: WebSocketOptions = {}): Gateway {
  return ({ onUpgrade, routes, closing, stayFor }, relay) => {
    const sockets = new WebSockets(relay, compression)

    onUpgrade((handshake) => {
      const { request, socket, path } = handshake
      if (!isWs(path) && !path.startsWith('/subscribe/')) return false
      let dialect: HandshakeDialect
      try {
        dialect = dialectOfHandshake(request, { path, mode, relay })
      } catch (cause) {
        refuseHandshake(socket, 400, WildcastError.from(cause).message)
        return true
      }
      sockets.admit(handshake, dialect).catch((cause) => refuse(socket, WildcastError.from(cause)))
      return true
    })

    routes.get('/ws', (c) => c.text('connect with a WebSocket\n', 426, { Upgrade: 'websocket' }))
    routes.get('/subscribe/*', (c) =>
      c.text('connect with a WebSocket, or accept text/event-stream\n', 426, { Upgrade: 'websocket' }),
    )
    for (const path of ['/ws', '/subscribe/*']) routes.all(path, (c) => onlyBy(c, 'GET, HEAD'))

    closing.addEventListener('abort', () => stayFor(sockets.drain()))
  }
}

/** Answers a handshake whose client may not connect. */
function refuse(socket: Handshake['socket'], error: WildcastError): void {
  const headers = Object.entries(errorHeaders(error)).map((field) => field.join(': '))
  refuseHandshake(socket, statusOf(error), error.message, headers)
}

/** The WebSockets of an endpoint. */
class WebSockets {
  readonly #relay: RelayView
  readonly #server: Server<typeof OwnedWebSocket>
  readonly #ports: ConnectionPorts
  /** The connections, and how they count for the limits. */
  readonly #connections: Map<WebSocketConnection, Place> = new Map()
  readonly #beat: Heartbeat

  constructor(relay: RelayView, compression: boolean) {
    this.#relay = relay
    this.#server = new WebSocketServer<typeof OwnedWebSocket>(serverOptions(relay, compression))
    this.#ports = { ...relay, meters: new MessageMeters(relay.limits.frame) }
    this.#beat = heartbeat(relay.clock, relay.limits)
  }

  /**
   * Accepts a handshake, once its client is known or if the dialect finds that out.
   * @throws {WildcastError} by rejection: `unauthorized`, `token_expired`, `rate_limited`
   */
  async admit(handshake: Handshake, dialect: HandshakeDialect): Promise<void> {
    const { connections } = this.#relay
    const credentials = credentialsOf(handshake.request)
    const place = connections.enter(credentials.address)
    const known = (identity: Identity): void => connections.known(place, accountOf(identity))
    let isAccepted = false
    try {
      const identity = await this.#identityOf(handshake, dialect, credentials)
      if (identity !== unknown) known(identity)
      isAccepted = this.#accept(handshake, dialect, { credentials, identity, known, place })
    } finally {
      if (!isAccepted) connections.leave(place)
    }
  }

  /** The client's identity; `unknown` if the dialect finds it out. */
  async #identityOf(
    { socket }: Handshake,
    { authenticates }: HandshakeDialect,
    credentials: Credentials,
  ): Promise<Identity> {
    const { authenticate } = this.#relay
    if (!authenticate) return everything
    if (authenticates) return unknown
    const ignore = (): void => {}
    socket.on('error', ignore)
    const identity = await authenticate(credentials)
    socket.off('error', ignore)
    return identity
  }

  /** Returns false if the handshake is invalid, or its client has left. */
  #accept(
    { request, socket, head }: Handshake,
    dialect: HandshakeDialect,
    { place, ...client }: NewClient & { readonly place: Place },
  ): boolean {
    withoutNarrowWindow(request)
    let isAccepted = false
    // It calls back at once, or never.
    this.#server.handleUpgrade(request, socket, head, (ws) => {
      const connection = new WebSocketConnection(ws, socket, this.#ports)
      this.#beat.watch(connection)
      this.#connections.set(connection, place)
      isAccepted = true
      const framing = ws.extensions.includes('permessage-deflate') ? 'deflated' : 'plain'
      connection.use(dialect.open(connection, framing, client), this.#gone)
    })
    return isAccepted
  }

  drain(): Promise<void> {
    this.#beat.stop()
    return drain([...this.#connections.keys()], this.#relay)
  }

  readonly #gone = (connection: WebSocketConnection): void => {
    this.#beat.unwatch(connection)
    const place = this.#connections.get(connection)
    if (place) this.#relay.connections.leave(place)
    this.#connections.delete(connection)
  }
}

// The published types lack `closeTimeout`, so a literal would not compile.
function serverOptions(relay: RelayView, compression: boolean): ServerOptions<typeof OwnedWebSocket> {
  const options = {
    WebSocket: OwnedWebSocket,
    noServer: true,
    clientTracking: false,
    perMessageDeflate: compression && deflate,
    autoPong: false,
    closeTimeout: closeTimeoutMs,
    maxPayload: relay.limits.frame,
    handleProtocols: (offered: Set<string>) => [...offered].find((protocol) => v1Codecs.has(protocol)) ?? false,
  }
  return options
}

/**
 * Messages are compressed for all with the whole window. A client with a smaller one is served
 * without compression, since ws would refuse its handshake.
 */
function withoutNarrowWindow({ headers }: IncomingMessage): void {
  if (headers['sec-websocket-extensions']?.includes('server_max_window_bits'))
    headers['sec-websocket-extensions'] = undefined
}
