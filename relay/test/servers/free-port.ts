import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'

/**
 * A loopback port on which no process listens. It is below the ports of outgoing connections:
 * otherwise a client that dials a stopped server may get the server's own port, and so connect to
 * itself or block the server's restart.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(10_000, 32_768)
    const server = createServer()
    try {
      server.listen(port, '127.0.0.1')
      await once(server, 'listening')
      return port
    } catch {
      // Another process listens there.
    } finally {
      server.close()
    }
  }
}
