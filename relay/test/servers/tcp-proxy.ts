import { once } from 'node:events'
import { createServer, type Server, type Socket, connect as tcp } from 'node:net'
import { freePort } from './free-port.js'

/** The road to a server, which a test may break. */
export interface TcpProxy {
  readonly port: number
  /** Ends every connection with a reset, on both sides. */
  cut(): void
  /** Nobody listens for new connections any more; those that stand go on. */
  refuse(): void
  accept(): Promise<void>
  /** Holds what comes, in both directions, and also that an end has closed: a half-open link. */
  stall(): void
  /** Lets it go on, with all that was held. */
  flow(): void
  close(): Promise<void>
}

/** Stands in front of a port of 127.0.0.1. */
export async function openProxy(target: number): Promise<TcpProxy> {
  const links = new Set<[Socket, Socket]>()
  const port = await freePort()
  let server: Server
  let stalled = false

  function flowing([near, far]: [Socket, Socket]): void {
    near.pipe(far).pipe(near)
  }

  function held([near, far]: [Socket, Socket]): void {
    near.unpipe(far).pause()
    far.unpipe(near).pause()
  }

  function join(near: Socket): void {
    const link: [Socket, Socket] = [near, tcp({ port: target, host: '127.0.0.1', allowHalfOpen: true })]
    links.add(link)
    for (const end of link) {
      end.on('error', () => {})
      end.on('close', (failed) => {
        if (failed) for (const either of link) either.resetAndDestroy()
        if (link.every(({ destroyed }) => destroyed)) links.delete(link)
      })
    }
    if (!stalled) flowing(link)
  }

  function cut(): void {
    for (const link of links) for (const end of link) end.resetAndDestroy()
  }

  async function accept(): Promise<void> {
    server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, join).listen(port, '127.0.0.1')
    await once(server, 'listening')
  }

  await accept()
  return {
    port,
    cut,
    accept,
    refuse: () => void server.close(),
    stall() {
      stalled = true
      links.forEach(held)
    },
    flow() {
      if (stalled) links.forEach(flowing)
      stalled = false
    },
    async close() {
      cut()
      if (server.listening) await once(server.close(), 'close')
    },
  }
}
