import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'
import { plainAddress } from './proxy-list.js'

/** The client at the other end of a connection. */
export interface Peer {
  /** Its IP address. Absent if the connection is closed already. */
  readonly address: string | undefined
  /** Whether it uses TLS. Undefined if a proxy that is not trusted may use it. */
  readonly secure: boolean | undefined
  /** The host that it has asked for, possibly with a port. */
  readonly host: string | undefined
  /** Subject of its verified certificate. */
  readonly certificate: string | undefined
}

/** The facts of a connection that is not the client's own. */
export type StatedConnection = Partial<Pick<Peer, 'address' | 'secure' | 'certificate'>>

/** Clients of requests, as trusted proxies have stated them. */
const clients = new WeakMap<IncomingMessage, Peer>()

/** Connections of clients, as a trusted proxy or another worker of this command has stated them. */
const connections = new WeakMap<IncomingMessage | Duplex, StatedConnection>()

/** Replaces what the connection of a request shows about its client. */
export function statePeer(request: IncomingMessage, peer: Peer): void {
  clients.set(request, peer)
}

/** States the client of a connection: for one request, or for all requests of a socket. */
export function stateConnection(connection: IncomingMessage | Duplex, facts: StatedConnection): void {
  connections.set(connection, facts)
}

/** The client of a request: as its connection shows, or as a trusted proxy states. */
export function peerOf(request: IncomingMessage): Peer {
  return clients.get(request) ?? peerOfConnection(request)
}

/** The client, or the proxy, at the other end of the connection. */
export function peerOfConnection(request: IncomingMessage): Peer {
  const { socket, headers } = request
  return { ...peerOfSocket(socket), host: headers.host, ...connections.get(request) }
}

/** The client, or the proxy, at the other end of a socket. */
export function peerOfSocket(socket: Socket): Omit<Peer, 'host'> {
  const { remoteAddress } = socket
  return {
    address: remoteAddress === undefined ? undefined : plainAddress(remoteAddress),
    secure: socket instanceof TLSSocket || undefined,
    certificate: certificateOf(socket),
    ...connections.get(socket),
  }
}

/** The subject of a client's certificate, if the TLS server has verified one. */
function certificateOf(socket: IncomingMessage['socket']): string | undefined {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined
  const { subject } = socket.getPeerCertificate()
  return (
    subject &&
    Object.entries(subject)
      .flatMap(([name, value]) => [value].flat().map((one) => `${name}=${one}`))
      .join(',')
  )
}
