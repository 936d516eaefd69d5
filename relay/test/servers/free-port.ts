import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'

/**
 * A loopback port where nobody listens. It lies below those that systems give to outgoing
 * connections: otherwise a client that dials a stopped server may be given the server's own port,
 * and so talk to itself or bar the server's way back.
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
      // Somebody listens there.
    } finally {
      server.close()
    }
  }
}
