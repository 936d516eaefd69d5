import { parsePattern } from '@wildcast/protocol'
import { describe, expect, it } from 'vitest'
import { newId, realClock, redis } from '../../src/index.js'
import { type LosingRedis, redisLosses } from '../servers/redis-losses.js'
import { startRelay } from '../start-relay.js'
import { openPublisher, type RecordedPublisher } from './recorded-publisher.js'
import { openHistoryReader, type RecordedHistoryReader } from './recorded-reader.js'
import { historyRules } from './run-history.js'

const rules = historyRules.map(({ subjects, messages }) => ({ subjects: parsePattern(subjects), messages }))

/** Two relays of a Redis. */
async function openRelays({ url }: LosingRedis): Promise<readonly [string, string]> {
  const open = async (): Promise<string> => {
    const main = redis({ url, history: rules }, { clock: realClock, newId })
    return `ws://${(await startRelay({ brokers: { main } })).address}`
  }
  return [await open(), await open()]
}

let time = 0
const tick = (): number => ++time

/** Opens a reader of logs. */
const read = (url: string, after: string): Promise<RecordedHistoryReader> =>
  openHistoryReader(`a reader after ${after}`, tick, {
    url,
    pattern: 'log.*',
    matches: () => true,
    unbounded: true,
    after,
    heals: true,
  })

/** Publishes until it is acknowledged. Resolves with the position. */
async function publish(publisher: RecordedPublisher, payload: string): Promise<string> {
  for (let i = 0; !(await publisher.publish('log.1', i === 0 ? payload : `${payload}-${i}`)); i++);
  return publisher.publishes.at(-1)?.position ?? ''
}

/** The last answer of a reader, and what it has received since. */
function sinceAsked({ record: { events } }: RecordedHistoryReader): object {
  const last = events.findLastIndex(({ kind }) => kind === 'asked')
  const since = events.slice(last)
  const recovered = since.flatMap((event) => (event.kind === 'subscribed' ? [event.recovered] : []))
  return { recovered, payloads: since.flatMap((event) => ('payload' in event ? [event.payload] : [])) }
}

describe.each(Object.entries(redisLosses))('readers of %s', (_, start) => {
  it('that had what is lost are answered that it is, on each relay; the others have missed nothing', async () => {
    const server = await start()
    const urls = await openRelays(server)
    const publisher = await openPublisher(tick, urls[0])
    const staying = await Promise.all(urls.map((url) => read(url, '')))
    const kept = [await publish(publisher, 'a'), await publish(publisher, 'b')] as const
    await server.begin()
    const lost = [await publish(publisher, 'lost-1'), await publish(publisher, 'lost-2')] as const
    await Promise.all(staying.map((reader) => reader.has('lost-2')))
    await server.lose()
    const [next, end] = [await publish(publisher, 'new'), await publish(publisher, 'end')]
    expect(next > lost[1]).toBe(true)
    const { payload = '' } = publisher.publishes.findLast(({ position }) => position === end) ?? {}
    const later = publisher.publishes.flatMap((one) => ((one.position ?? '') >= next ? [one.payload] : []))

    for (const [i, url] of urls.entries()) {
      const after = async (position: string): Promise<object> => {
        const reader = await read(url, position)
        await reader.has(payload)
        return sinceAsked(reader)
      }
      expect(await after('')).toEqual({ recovered: [true], payloads: ['a', 'b', ...later] })
      expect(await after(kept[0])).toEqual({ recovered: [true], payloads: ['b', ...later] })
      expect(await after(kept[1])).toEqual({ recovered: [true], payloads: later })
      for (const position of lost) expect(await after(position)).toEqual({ recovered: [false], payloads: later })
      expect(await after(next)).toEqual({ recovered: [true], payloads: later.slice(1) })
      const reader = staying[i] as RecordedHistoryReader
      await reader.has(payload)
      expect(sinceAsked(reader)).toEqual({ recovered: [false], payloads: later })
    }
  })
})
