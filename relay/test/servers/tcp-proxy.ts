import { once } from 'node:events'
import { createServer, type Server, type Socket, connect as tcp } from 'node:net'
import type { Duplex, Writable } from 'node:stream'
import { freePort } from './free-port.js'

/** A proxy before a server, which a test can break. */
export interface TcpProxy {
  readonly port: number
  /** Ends every connection with a reset, on both sides. */
  cut(): void
  /** Stops accepting connections. Open ones stay. */
  refuse(): void
  accept(): Promise<void>
  /** From now on, connects new connections with another port of 127.0.0.1. */
  lead(target: number): void
  /** Holds bytes and ends of both directions: a half-open connection. */
  stall(): void
  /** Forwards again, beginning with everything that was held. */
  flow(): void
  close(): Promise<void>
}

export interface ProxyOptions {
  /**
   * A stream for the bytes of one direction of a connection. @default they are forwarded at once
   */
  lane?(): Duplex
}

/** One direction of a connection. */
interface Way {
  readonly from: Socket
  readonly into: Writable
}

/** Opens a proxy before a port of 127.0.0.1. */
export async function openProxy(target: number, { lane }: ProxyOptions = {}): Promise<TcpProxy> {
  const links = new Set<readonly Way[]>()
  const port = await freePort()
  let present = target
  let server: Server
  let stalled = false

  function way(from: Socket, to: Socket): Way {
    const between = lane?.()
    between?.pipe(to)
    return { from, into: between ?? to }
  }

  function flowing(link: readonly Way[]): void {
    for (const { from, into } of link) from.pipe(into)
  }

  function held(link: readonly Way[]): void {
    for (const { from, into } of link) from.unpipe(into).pause()
  }

  function join(near: Socket): void {
    const far = tcp({ port: present, host: '127.0.0.1', allowHalfOpen: true })
    const link = [way(near, far), way(far, near)]
    links.add(link)
    for (const { from } of link) {
      from.on('error', () => {})
      from.on('close', (failed) => {
        if (failed) reset(link)
        if (link.every((one) => one.from.destroyed)) links.delete(link)
      })
    }
    if (!stalled) flowing(link)
  }

  function reset(link: readonly Way[]): void {
    for (const { from } of link) from.resetAndDestroy()
  }

  function cut(): void {
    links.forEach(reset)
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
    lead(target) {
      present = target
    },
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
