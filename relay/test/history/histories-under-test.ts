import { parsePattern } from '@wildcast/protocol'
import { memory, newId, type RelayServerOptions, realClock, redis } from '../../src/index.js'
import { memoryStore } from '../../src/stores/memory/memory-store.js'
import { startRedis } from '../servers/redis.js'
import { startRelay } from '../start-relay.js'
import { historyRules } from './run-history.js'

/** Slow readers fall behind, and miss messages. */
const limits = { backlog: 20_000, resume: 20_000 }

const rules = historyRules.map(({ subjects, messages }) => ({ subjects: parsePattern(subjects), messages }))

/** Relays that share a history. */
export interface HistoryUnderTest {
  readonly urls: readonly string[]
  /** Disturbs the history, if the case has a fault. */
  readonly disturb?: () => Promise<void> | void
}

async function opened(brokers: readonly RelayServerOptions['brokers'][]): Promise<readonly string[]> {
  const relays = await Promise.all(brokers.map((brokers) => startRelay({ brokers, limits })))
  return relays.map(({ address }) => `ws://${address}`)
}

const ports = { clock: realClock, newId }

/** All histories, some of them with faults. */
export const historiesUnderTest: Readonly<Record<string, () => Promise<HistoryUnderTest>>> = {
  async 'in memory'() {
    const store = memoryStore({ clock: realClock, rules })
    return { urls: await opened([{ main: memory({ ...ports, store }) }]) }
  },
  async 'on Redis, over two relays'() {
    const settings = { url: (await startRedis()).url, history: rules }
    return { urls: await opened([{ main: redis(settings, ports) }, { main: redis(settings, ports) }]) }
  },
}
