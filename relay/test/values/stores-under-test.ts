import path from 'node:path'
import { memory, nats, newId, type RelayServerOptions, realClock, redis } from '../../src/index.js'
import { defaultStoreLimits } from '../../src/stores/limits.js'
import { sqlite } from '../../src/stores/sqlite.js'
import { startNats } from '../servers/nats.js'
import type { Program } from '../servers/program.js'
import { startRedis } from '../servers/redis.js'
import { openProxy } from '../servers/tcp-proxy.js'
import { temporaryFolder } from '../servers/temporary-folder.js'
import { startRelay } from '../start-relay.js'

/** Slow readers fall behind, and miss messages. */
const limits = { backlog: 20_000, resume: 20_000 }

/** Relays that share a store. */
export interface StoreUnderTest {
  readonly urls: readonly string[]
  /** Disturbs the store, if the case has a fault. */
  readonly disturb?: () => Promise<void> | void
}

async function opened(brokers: readonly RelayServerOptions['brokers'][]): Promise<readonly string[]> {
  const relays = await Promise.all(brokers.map((brokers) => startRelay({ brokers, limits })))
  return relays.map(({ address }) => `ws://${address}`)
}

async function standStill(server: Program): Promise<void> {
  await server.pause()
  for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve))
  server.resume()
}

const ports = { clock: realClock, newId }

/** All stores, some of them with faults. */
export const storesUnderTest: Readonly<Record<string, () => Promise<StoreUnderTest>>> = {
  'in memory': async () => ({ urls: await opened([{ main: memory(ports) }]) }),
  async 'on disk'() {
    const file = path.join(temporaryFolder(), 'values.db')
    const store = sqlite({ file, clock: realClock, limits: defaultStoreLimits })
    return { urls: await opened([{ main: memory({ ...ports, store }) }]) }
  },
  async 'on Redis, over two relays'() {
    const { url } = await startRedis()
    return { urls: await opened([{ main: redis({ url }, ports) }, { main: redis({ url }, ports) }]) }
  },
  async 'on Redis, with a link that is cut again and again'() {
    const { url, port } = await startRedis()
    const proxy = await openProxy(port)
    const cutOff = redis({ url: `redis://127.0.0.1:${proxy.port}` }, ports)
    const urls = await opened([{ main: redis({ url }, ports) }, { main: cutOff }])
    return { urls, disturb: () => proxy.cut() }
  },
  async 'on a Redis that stands still again and again'() {
    const server = await startRedis()
    const { url } = server
    const urls = await opened([{ main: redis({ url }, ports) }, { main: redis({ url }, ports) }])
    return { urls, disturb: () => standStill(server) }
  },
  async 'on NATS, over two relays'() {
    const settings = { addresses: [(await startNats({ jetstream: true })).url] }
    return { urls: await opened([{ main: nats(settings, ports) }, { main: nats(settings, ports) }]) }
  },
  async 'on NATS, with a link that is cut again and again'() {
    const { url, port } = await startNats({ jetstream: true })
    const proxy = await openProxy(port)
    const cutOff = nats({ addresses: [`127.0.0.1:${proxy.port}`] }, ports)
    const urls = await opened([{ main: nats({ addresses: [url] }, ports) }, { main: cutOff }])
    return { urls, disturb: () => proxy.cut() }
  },
  async 'on a NATS server that stands still again and again'() {
    const server = await startNats({ jetstream: true })
    const settings = { addresses: [server.url] }
    const urls = await opened([{ main: nats(settings, ports) }, { main: nats(settings, ports) }])
    return { urls, disturb: () => standStill(server) }
  },
}
