import { parsePattern } from '@wildcast/protocol'
import { expect, it } from 'vitest'
import { newId, realClock, redis } from '../../src/index.js'
import { readHistory } from '../../src/testing/history-under-test.js'
import { faultsOfHistory } from '../history/check-history.js'
import { historyRules } from '../history/run-history.js'
import { runHistoryKills } from '../history/run-history-kills.js'
import { endsWithTest } from '../servers/ends-with-test.js'
import { startRedis } from '../servers/redis.js'
import { startRelay } from '../start-relay.js'
import { kills, longestKillsMs } from './kills.js'
import { text } from './link.js'
import { open } from './redis-link.js'

const seed = Number(process.env.STORE_SEED ?? Math.floor(Math.random() * 2 ** 31))
const history = historyRules.map(({ subjects, messages }) => ({ subjects: parsePattern(subjects), messages }))

it(
  `a Redis with an append-only file that is killed ${kills} times keeps each acknowledged message once`,
  async () => {
    const server = endsWithTest(await startRedis({ args: ['--appendonly', 'yes', '--appendfsync', 'always'] }))
    const main = redis({ url: server.url, history }, { clock: realClock, newId })
    const relays = [await startRelay({ brokers: { main } }), await startRelay({ brokers: { main } })]
    const urls = relays.map(({ address }) => `ws://${address}`)
    const record = await runHistoryKills({ server, urls, kills, seed })
    expect({ seed, faults: faultsOfHistory(record) }).toEqual({ seed, faults: [] })

    const { broker } = await open({ url: server.url, history })
    const found = (await readHistory(broker, 'log.*')).flat()
    const payloads = new Map(found.map((message) => [message.position, text(message).split(' ')[0]]))
    expect([...payloads.keys()]).toEqual(found.map(({ position }) => position).sort())
    expect(new Set(payloads.values()).size).toBe(found.length)
    const logged = record.publishes.filter(({ subject }) => subject.startsWith('log.'))
    const acknowledged = logged.filter(({ position }) => position !== undefined)
    const lost = acknowledged.filter(({ position = '', payload }) => payloads.get(position) !== payload)
    expect({ seed, lost }).toEqual({ seed, lost: [] })
    const known = new Set(logged.map(({ payload }) => payload))
    expect([...payloads.values()].filter((payload) => !known.has(String(payload)))).toEqual([])
    const events = record.readers.flatMap((reader) => reader.events)
    console.log(`history kills: seed ${seed}, ${kills} kills, ${acknowledged.length} acknowledged of ${logged.length}`)
    expect(events.filter(({ kind }) => kind === 'gap').length).toBeGreaterThanOrEqual(kills)
  },
  longestKillsMs,
)
