import type { IncomingMessage } from 'node:http'
import type { WildcastError } from '@wildcast/protocol'
import { type Server, type ServerOptions, WebSocketServer } from 'ws'
import { accountOf, type Credentials, everything, type Identity, unknown } from '../../core/access/identity.js'
import type { Place } from '../../core/connections.js'
import type { RelayView } from '../../core/relay.js'
import { type Heartbeat, heartbeat } from '../connections/heartbeat.js'
import { MessageMeters } from '../connections/message-meter.js'
import { type ConnectionPorts, OwnedWebSocket, WebSocketConnection } from '../connections/web-socket-connection.js'
import type { NewClient } from '../dialects/dialect.js'
import { type Handshake, refuseHandshake } from '../gateway.js'
import { credentialsOf } from './credentials.js'
import { drain } from './drain.js'
import { errorHeaders, statusOf } from './http-errors.js'
import type { HandshakeDialect } from './websocket-dialect.js'

/**
 * Compresses each message separately (RFC 7692, 7.1.1.1), so that clients share the result, and no
 * state is kept between messages.
 */
const deflate = { serverNoContextTakeover: true, clientNoContextTakeover: true }

/** A client that has not closed its side after this is cut off. */
const closeTimeoutMs = 2000

/** Answers a handshake whose client may not connect. */
export function refuse(socket: Handshake['socket'], error: WildcastError): void {
  const headers = Object.entries(errorHeaders(error)).map((field) => field.join(': '))
  refuseHandshake(socket, statusOf(error), error.message, headers)
}

/** How an endpoint accepts WebSockets. */
export interface WebSocketsOptions {
  /** Those that it speaks. */
  readonly subprotocols: { has(name: string): boolean }
  /** See `WebSocketOptions`. */
  readonly compression?: boolean
}

/** The WebSockets of an endpoint. */
export class WebSockets {
  readonly #relay: RelayView
  readonly #server: Server<typeof OwnedWebSocket>
  readonly #ports: ConnectionPorts
  /** The connections, and how they count for the limits. */
  readonly #connections: Map<WebSocketConnection, Place> = new Map()
  readonly #beat: Heartbeat

  constructor(relay: RelayView, options: WebSocketsOptions) {
    this.#relay = relay
    this.#server = new WebSocketServer<typeof OwnedWebSocket>(serverOptions(relay, options))
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
function serverOptions(
  relay: RelayView,
  { subprotocols, compression = false }: WebSocketsOptions,
): ServerOptions<typeof OwnedWebSocket> {
  const options = {
    WebSocket: OwnedWebSocket,
    noServer: true,
    clientTracking: false,
    perMessageDeflate: compression && deflate,
    autoPong: false,
    closeTimeout: closeTimeoutMs,
    maxPayload: relay.limits.frame,
    handleProtocols: (offered: Set<string>) => [...offered].find((protocol) => subprotocols.has(protocol)) ?? false,
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
