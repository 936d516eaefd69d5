import path from 'node:path'
import { parsePattern } from '@wildcast/protocol'
import { onTestFinished } from 'vitest'
import { serveMemory } from '../../src/brokers/memory-link/serve-memory.js'
import { memoryLink } from '../../src/brokers/memory-link.js'
import { memory, nats, newId, type RelayServerOptions, realClock, redis } from '../../src/index.js'
import { defaultStoreLimits } from '../../src/stores/limits.js'
import type { OpenStore } from '../../src/stores/local-store.js'
import { memoryStore } from '../../src/stores/memory/memory-store.js'
import { sqlite } from '../../src/stores/sqlite.js'
import { endsWithTest } from '../servers/ends-with-test.js'
import { startNats } from '../servers/nats.js'
import { startRedis } from '../servers/redis.js'
import { openProxy } from '../servers/tcp-proxy.js'
import { temporaryFolder } from '../servers/temporary-folder.js'
import { startRelay } from '../start-relay.js'
import { standStill } from '../values/stores-under-test.js'
import { historyRules } from './run-history.js'

/** Slow readers fall behind, and miss messages. */
const limits = { backlog: 20_000, resume: 20_000 }

const rules = historyRules.map(({ subjects, messages }) => ({ subjects: parsePattern(subjects), messages }))

/** Relays that share a history. */
export interface HistoryUnderTest {
  /** Whether no reader can have the messages of several rules. @default false */
  readonly byRule?: boolean
  readonly urls: readonly string[]
  /** Disturbs the history, if the case has a fault. */
  readonly disturb?: () => Promise<void> | void
}

async function opened(brokers: readonly RelayServerOptions['brokers'][]): Promise<readonly string[]> {
  const relays = await Promise.all(brokers.map((brokers) => startRelay({ brokers, limits })))
  return relays.map(({ address }) => `ws://${address}`)
}

const ports = { clock: realClock, newId }

const onRedis = (url: string): RelayServerOptions['brokers'] => ({ main: redis({ url, history: rules }, ports) })

const onNats = (address: string): RelayServerOptions['brokers'] => ({
  main: nats({ addresses: [address], history: rules, publishTimeoutMs: 30_000 }, ports),
})

/** Two relays whose memory broker is behind a socket, as that of workers is. */
async function behindSocket(store: OpenStore): Promise<readonly string[]> {
  const socket = path.join(temporaryFolder(), 'memory.0')
  const broker = await memory({ ...ports, store })({ status: () => {}, dropped: () => {} })
  endsWithTest(await serveMemory(socket, broker))
  onTestFinished(() => broker.close())
  return opened([{ main: memoryLink(socket, ports, rules) }, { main: memoryLink(socket, ports, rules) }])
}

/** All histories, some of them with faults. */
export const historiesUnderTest: Readonly<Record<string, () => Promise<HistoryUnderTest>>> = {
  async 'in memory'() {
    const store = memoryStore({ clock: realClock, rules })
    return { urls: await opened([{ main: memory({ ...ports, store }) }]) }
  },
  async 'on disk'() {
    const file = path.join(temporaryFolder(), 'history.db')
    const store = sqlite({ file, clock: realClock, limits: defaultStoreLimits, rules })
    return { urls: await opened([{ main: memory({ ...ports, store }) }]) }
  },
  async 'on Redis, over two relays'() {
    const { url } = await startRedis()
    return { urls: await opened([onRedis(url), onRedis(url)]) }
  },
  async 'on Redis, with a link that is cut again and again'() {
    const { url, port } = await startRedis()
    const proxy = await openProxy(port)
    const urls = await opened([onRedis(url), onRedis(`redis://127.0.0.1:${proxy.port}`)])
    return { urls, disturb: () => proxy.cut() }
  },
  async 'on a Redis that stands still again and again'() {
    const server = await startRedis()
    return { urls: await opened([onRedis(server.url), onRedis(server.url)]), disturb: () => standStill(server) }
  },
  async 'in memory, shared by two relays'() {
    return { urls: await behindSocket(memoryStore({ clock: realClock, rules, leases: true })) }
  },
  async 'on disk, shared by two relays'() {
    const file = path.join(temporaryFolder(), 'history.db')
    return { urls: await behindSocket(sqlite({ file, clock: realClock, limits: defaultStoreLimits, rules })) }
  },
  async 'on NATS, over two relays'() {
    const { url } = await startNats({ jetstream: true })
    return { urls: await opened([onNats(url), onNats(url)]), byRule: true }
  },
  async 'on NATS, with a link that is cut again and again'() {
    const { url, port } = await startNats({ jetstream: true })
    const proxy = await openProxy(port)
    const urls = await opened([onNats(url), onNats(`127.0.0.1:${proxy.port}`)])
    return { urls, byRule: true, disturb: () => proxy.cut() }
  },
  async 'on a NATS server that stands still again and again'() {
    const server = await startNats({ jetstream: true })
    const urls = await opened([onNats(server.url), onNats(server.url)])
    return { urls, byRule: true, disturb: () => standStill(server) }
  },
  async 'on a NATS server that is killed again and again'() {
    const server = await startNats({ jetstream: true })
    const urls = await opened([onNats(server.url), onNats(server.url)])
    const disturb = async (): Promise<void> => {
      await server.kill()
      await server.restart()
    }
    return { urls, byRule: true, disturb }
  },
}
