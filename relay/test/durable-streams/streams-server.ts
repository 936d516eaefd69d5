import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { crossOrigin, historyEndpoint, serveRelay } from '../../src/index.js'
import { keepingBroker } from '../keeping-broker.js'

/** A relay as a server of streams at `<url>/v1/stream/<name>`. */
export interface StreamsServer {
  readonly url: string
  close(): Promise<void>
}

/** In the suite, the names of streams that do not exist. */
const absent = /-404-|^nonexistent-|^security-error-headers-/

/**
 * Opens a relay behind a proxy that maps the paths of the suite to subjects. A stream that must not
 * exist is a subject whose messages no rule keeps: all others exist.
 */
export async function streamsServer(longPollMs: number): Promise<StreamsServer> {
  const relay = await serveRelay({
    brokers: { main: keepingBroker([{ subjects: 'kept.*', messages: 10_000 }]) },
    gateways: [crossOrigin({ origins: ['*'] }), historyEndpoint({ longPollMs })],
    port: 0,
    host: '127.0.0.1',
    onError: (error) => process.stderr.write(`${error.stack}\n`),
  })
  const proxy = createServer((incoming, outgoing) => {
    const { method, headers, url = '/' } = incoming
    const to = { host: '127.0.0.1', port: relay.port, method, headers, path: pathOf(url) }
    const onward = request(to, (answer) => {
      const { location } = answer.headers
      if (location !== undefined) answer.headers.location = location.replace('/history/kept.', '/v1/stream/')
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers)
      answer.pipe(outgoing)
    })
    onward.on('error', () => outgoing.destroy())
    outgoing.on('close', () => onward.destroy())
    incoming.pipe(onward)
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    async close() {
      proxy.closeAllConnections()
      proxy.close()
      await relay.close()
    },
  }
}

function pathOf(url: string): string {
  const name = url.replace(/^\/v1\/stream\//, '')
  return `/history/${absent.test(name) ? 'other' : 'kept'}.${name}`
}
