import type { Socket } from 'node:net'
import { WildcastError } from '@wildcast/protocol'
import { accountOf, everything, type Identity, unknown } from '../../core/access/identity.js'
import type { Place } from '../../core/connections.js'
import type { RelayView } from '../../core/relay.js'
import { TcpConnection } from '../connections/tcp-connection.js'
import { type MqttPort, mqttDialect } from '../dialects/mqtt/mqtt-dialect.js'
import { type MqttGatewaySettings, usualMqttGatewaySettings } from '../dialects/mqtt/mqtt-gateway-settings.js'
import { MqttServer } from '../dialects/mqtt/mqtt-server.js'
import { type Gateway, type Ports, refuseHandshake, type SocketGateway, type SocketGatewayPorts } from '../gateway.js'
import { drain } from './drain.js'
import { peerOfSocket } from './peer.js'
import { refuse, WebSockets } from './web-sockets.js'
import type { HandshakeDialect } from './websocket-dialect.js'

/** Options of `mqttGateways`. */
export interface MqttOptions {
  /** The version of the relay, for `$SYS/broker/version`. */
  readonly version: string
}

/** Options of an MQTT endpoint. */
export interface MqttEndpointOptions extends Partial<MqttGatewaySettings> {
  /** Endpoints with the same one see the same brokers, and share sessions. */
  readonly scope: string
}

/** The MQTT endpoints of a relay. Clients find their sessions at each of them. */
export interface MqttGateways {
  /** A port of its own. */
  tcp(options: MqttEndpointOptions): SocketGateway
  /** The path `/mqtt` of an HTTP port. */
  webSocket(options: MqttEndpointOptions): Gateway
}

/** The subprotocols of MQTT over WebSocket; the second is that of MQTT 3.1. */
const subprotocols: ReadonlySet<string> = new Set(['mqtt', 'mqttv3.1'])

/** MQTT 3.1, 3.1.1 and 5.0. */
export function mqttGateways({ version }: MqttOptions): MqttGateways {
  const servers = new WeakMap<RelayView['connections'], MqttServer>()

  /** Views of one relay have one server. */
  function serverOf(relay: RelayView): MqttServer {
    const known = servers.get(relay.connections)
    const server = known ?? new MqttServer(relay, `wildcast ${version}`)
    servers.set(relay.connections, server)
    return server
  }

  const portOf = (relay: RelayView, { scope, ...settings }: MqttEndpointOptions): MqttPort => ({
    server: serverOf(relay),
    scope,
    settings: { ...usualMqttGatewaySettings, ...settings },
  })

  return {
    tcp: (options) => (ports, relay) => openTcp(ports, relay, portOf(relay, options)),
    webSocket: (options) => (ports, relay) => openWebSocket(ports, relay, portOf(relay, options)),
  }
}

/** Refuses MQTT over WebSocket if several workers share the port: one of them has the sessions. */
export const mqttElsewhere: Gateway = ({ onUpgrade }) => {
  onUpgrade(({ socket, path }) => {
    if (!isMqttPath(path)) return false
    refuseHandshake(socket, 501, 'with several workers, MQTT has a port of its own and no WebSockets')
    return true
  })
}

function isMqttPath(path: string): boolean {
  return path === '/mqtt' || path === '/mqtt/'
}

function openWebSocket({ onUpgrade, closing, stayFor, routes }: Ports, relay: RelayView, port: MqttPort): void {
  const sockets = new WebSockets(relay, { subprotocols })
  onUpgrade((handshake) => {
    const { request, socket, path } = handshake
    if (!isMqttPath(path)) return false
    const offered = String(request.headers['sec-websocket-protocol'] ?? '').split(',')
    if (!offered.some((one) => subprotocols.has(one.trim()))) {
      refuseHandshake(socket, 400, `offer one of these subprotocols: ${[...subprotocols].join(', ')}`)
      return true
    }
    const dialect: HandshakeDialect = {
      authenticates: true,
      open: (connection, framing, client) => mqttDialect(port, framing)(relay, connection, client),
    }
    sockets.admit(handshake, dialect).catch((cause) => refuse(socket, WildcastError.from(cause)))
    return true
  })
  routes.get('/mqtt', (c) => c.text('connect with a WebSocket\n', 426, { Upgrade: 'websocket' }))
  closing.addEventListener('abort', () => stayFor(sockets.drain().then(() => port.server.close())))
}

function openTcp({ closing, stayFor }: SocketGatewayPorts, relay: RelayView, port: MqttPort): (socket: Socket) => void {
  const open = mqttDialect(port, 'bytes')
  const connections = new Map<TcpConnection, Place>()

  closing.addEventListener('abort', () => {
    stayFor(drain([...connections.keys()], relay).then(() => port.server.close()))
  })

  return (socket) => {
    const { address, certificate } = peerOfSocket(socket)
    let place: Place
    try {
      place = relay.connections.enter(address)
    } catch {
      socket.destroy() // counted and logged; before CONNECT, MQTT has no answer
      return
    }
    const known = (identity: Identity): void => relay.connections.known(place, accountOf(identity))
    const identity = relay.authenticate ? unknown : everything
    if (identity === everything) known(everything)
    const connection = new TcpConnection(socket, relay)
    connections.set(connection, place)
    const dialect = open(relay, connection, { credentials: { headers: {}, address, certificate }, identity, known })
    connection.use(dialect, () => {
      relay.connections.leave(place)
      connections.delete(connection)
    })
  }
}
