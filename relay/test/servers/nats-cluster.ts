import { connect } from 'nats'
import { freePort } from './free-port.js'
import { type Nats, startNats } from './nats.js'

/** Starts a cluster of 3 servers with JetStream. Resolves when it takes streams. */
export async function startNatsCluster(): Promise<readonly [Nats, Nats, Nats]> {
  const routePorts = [await freePort(), await freePort(), await freePort()]
  const routes = routePorts.map((port) => `"nats://127.0.0.1:${port}"`).join(', ')
  const node = (port: number | undefined, i: number): Promise<Nats> =>
    startNats({
      jetstream: true,
      config: `server_name: n${i}\ncluster { name: c, listen: "127.0.0.1:${port}", routes: [${routes}] }`,
    })
  const nodes = await Promise.all(routePorts.map(node))
  for (const { url } of nodes) await untilItTakesStreams(url)
  return nodes as [Nats, Nats, Nats]
}

async function untilItTakesStreams(url: string): Promise<void> {
  const client = await connect({ servers: url })
  try {
    for (;;) {
      const answer = await client.request('$JS.API.INFO', '', { timeout: 1000 }).catch(() => undefined)
      if (answer && !answer.json<{ readonly error?: unknown }>().error) return
      await client.flush()
    }
  } finally {
    await client.close()
  }
}
