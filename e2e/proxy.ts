import { createServer, request } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'

/** A proxy between a page and its relay. */
export interface Proxy {
  readonly url: string
  /** The paths of the upgrades that it has refused. */
  readonly refused: string[]
  /** How many upgrades it has let through. */
  readonly upgrades: number
  /** Lets nothing live through, not even over HTTP: the page itself still loads. */
  cut(): void
  mend(): void
  close(): void
}

/**
 * Opens a proxy. With `plain` it is one as some companies have it: HTTP goes through, upgrades are
 * refused.
 */
export async function openProxy(port: number, { plain = false } = {}): Promise<Proxy> {
  const refused: string[] = []
  const live = new Set<Socket>()
  let isCut = false
  let upgrades = 0
  const server = createServer((incoming, outgoing) => {
    const { method, url, headers } = incoming
    const isLive = url?.startsWith('/stream')
    if (isLive && isCut) {
      outgoing.destroy()
      return
    }
    if (isLive) live.add(incoming.socket)
    const onward = request({ host: '127.0.0.1', port, method, path: url, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
      outgoing.once('close', () => answer.destroy())
    })
    onward.on('error', () => outgoing.destroy())
    incoming.pipe(onward)
  })
  server.on('upgrade', ({ url, rawHeaders }, socket: Socket, head) => {
    if (plain || isCut) {
      refused.push(String(url))
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
      return
    }
    upgrades++
    live.add(socket)
    const onward = connect(port, '127.0.0.1')
    const lines = rawHeaders.map((text, i) => (i % 2 === 0 ? `\r\n${text}: ` : text)).join('')
    onward.write(`GET ${url} HTTP/1.1${lines}\r\n\r\n`)
    onward.write(head)
    socket.pipe(onward).pipe(socket)
    const end = (): void => {
      socket.destroy()
      onward.destroy()
    }
    for (const one of [socket, onward]) one.on('error', end).on('close', end)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    refused,
    get upgrades() {
      return upgrades
    },
    cut() {
      isCut = true
      for (const socket of live) socket.destroy()
      live.clear()
    },
    mend() {
      isCut = false
    },
    close() {
      server.close()
      server.closeAllConnections()
      for (const socket of live) socket.destroy()
    },
  }
}
