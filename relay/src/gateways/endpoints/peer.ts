import type { IncomingMessage } from 'node:http'
import { TLSSocket } from 'node:tls'

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

/** Clients of requests, as trusted proxies have stated them. */
const stated = new WeakMap<IncomingMessage, Peer>()

/** Replaces what the connection of a request shows about its client. */
export function statePeer(request: IncomingMessage, peer: Peer): void {
  stated.set(request, peer)
}

/** The client of a request: as its connection shows, or as a trusted proxy states. */
export function peerOf(request: IncomingMessage): Peer {
  return stated.get(request) ?? peerOfConnection(request)
}

/** The client, or the proxy, at the other end of the connection. */
export function peerOfConnection({ socket, headers }: IncomingMessage): Peer {
  return {
    address: socket.remoteAddress,
    secure: socket instanceof TLSSocket || undefined,
    host: headers.host,
    certificate: certificateOf(socket),
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
