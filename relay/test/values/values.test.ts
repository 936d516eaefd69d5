import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { memory, newId, type RelayServerOptions, realClock, redis } from '../../src/index.js'
import { defaultStoreLimits } from '../../src/stores/limits.js'
import { sqlite } from '../../src/stores/sqlite.js'
import { startRedis } from '../servers/redis.js'
import { openProxy } from '../servers/tcp-proxy.js'
import { temporaryFolder } from '../servers/temporary-folder.js'
import { startRelay } from '../start-relay.js'
import { faultsOfValues } from './check-values.js'
import { runValues, type ValueRunOptions } from './run-values.js'

const isLong = process.env.WILDCAST_LONG === '1'

/** The long form has 1,200 joins among 500,000 writes. */
const size = isLong
  ? { writers: 4, writes: 125_000, subjects: 60, joins: 1200 }
  : { writers: 4, writes: 400, subjects: 20, joins: 48 }
const timeout = isLong ? 3_600_000 : 240_000

/** Slow readers fall behind, and miss messages. */
const limits = { backlog: 20_000, resume: 20_000 }

type Run = Pick<ValueRunOptions, 'urls' | 'disturb'>

async function opened(brokers: readonly RelayServerOptions['brokers'][]): Promise<Run['urls']> {
  const relays = await Promise.all(brokers.map((brokers) => startRelay({ brokers, limits })))
  return relays.map(({ address }) => `ws://${address}`)
}

const ports = { clock: realClock, newId }

const stores: Readonly<Record<string, () => Promise<Run>>> = {
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
}

describe('values', () => {
  it.each(Object.entries(stores))(
    '%s never go back, and none is missing, doubled or left',
    { timeout },
    async (_, open) => {
      const history = await runValues({ ...(await open()), ...size, seed: 1 })
      expect(faultsOfValues(history)).toEqual([])
      const events = history.readers.flatMap((reader) => reader.events)
      expect(events.filter(({ kind }) => kind === 'gap')).not.toEqual([])
      expect(history.readers.length).toBeGreaterThan(size.joins)
    },
  )
})
