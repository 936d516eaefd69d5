import { type AddressInfo, createServer, type Socket } from 'node:net'

export interface AcceptorOptions {
  /** 0 takes a free one. */
  readonly port: number
  readonly host?: string | undefined
  /** Takes a connection, of which nothing was read. */
  accepted(socket: Socket): void
}

/** A port that is listened on for others. */
export interface Acceptor {
  readonly port: number
  /** Stops to listen; whoever has come stays. */
  close(): void
}

export function acceptor({ port, host, accepted }: AcceptorOptions): Promise<Acceptor> {
  // Nobody but the worker reads. As servers for HTTP have it, small writes are not held back.
  const server = createServer({ pauseOnConnect: true, noDelay: true }, accepted)
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host }, () => {
      server.off('error', reject)
      resolve({ port: (server.address() as AddressInfo).port, close: () => void server.close() })
    })
  })
}
