import { expect, it } from 'vitest'
import { newId, realClock, redis } from '../../src/index.js'
import { seededRandom } from '../loss/random.js'
import { redisLosses } from '../servers/redis-losses.js'
import { startRelay } from '../start-relay.js'
import { faultsOfValues } from './check-values.js'
import { openReader, type Reader } from './recorded-reader.js'
import { openWriter, type ValueWriterClient } from './recorded-writer.js'
import type { RecordedReader } from './value-history.js'

const writes = 150
const subjects = 12
const policies = [undefined, { deliver: 'latest' }] as const

/** A reader from its last gap on, which must give it all values. */
function sinceGap({ record }: Reader): RecordedReader {
  const gap = record.events.findLastIndex(({ kind }) => kind === 'gap')
  const asked = [{ kind: 'asked', at: 0 }, { kind: 'subscribed' }] as const
  return { ...record, events: gap < 0 ? record.events : [...asked, ...record.events.slice(gap + 1)] }
}

it.each(Object.entries(redisLosses))(
  'readers of %s get a gap, and then hold exactly what it has: lost values are gone, lost deletions undone',
  async (_, start) => {
    const server = await start()
    const random = seededRandom(1)
    let time = 0
    const tick = (): number => ++time
    const open = async (): Promise<string> => {
      const main = redis({ url: server.url }, { clock: realClock, newId })
      return `ws://${(await startRelay({ brokers: { main } })).address}`
    }
    const urls = [await open(), await open()]
    const readers: Reader[] = []
    const join = async (): Promise<void> => {
      for (const url of urls)
        for (const policy of policies)
          readers.push(await openReader(`reader ${readers.length + 1}`, tick, { url, pattern: 'v.*', policy }))
    }
    const writers = await Promise.all(urls.map((url) => openWriter(tick, { url })))
    let payloads = 0
    const write = async (writer: ValueWriterClient): Promise<void> => {
      for (let i = 0; i < writes; i++) {
        const payload = random() < 0.3 ? undefined : `value-${++payloads}`
        await writer.write(`v.${Math.floor(random() * subjects)}`, payload)
      }
    }
    const finish = async (name: string): Promise<void> => {
      let payload = name
      for (let i = 0; !(await writers[0]?.write('v.end', payload)); i++) payload = `${name}-${i}`
      await Promise.all(readers.map((reader) => reader.has('v.end', payload)))
    }
    const recorded = () => writers.flatMap((writer) => writer.writes)

    await join()
    await Promise.all(writers.map(write))
    await finish('kept')
    await server.begin()
    const keptUntil = tick()
    await Promise.all(writers.map(write))
    await finish('lost')
    const lostUntil = tick()
    const before = { writes: recorded(), readers: readers.map(({ record }) => ({ ...record, stayed: false })) }
    expect(faultsOfValues(before)).toEqual([])

    await server.lose()
    await finish('back')
    await join()
    await Promise.all(writers.map(write))
    await finish('new')
    const survived = recorded().filter(({ from }) => from < keptUntil || from > lostUntil)
    const gaps = readers.map(({ record }) => record.events.filter(({ kind }) => kind === 'gap').length)
    expect(gaps.map((count) => count > 0)).toEqual(readers.map((_, i) => i < readers.length / 2))
    expect(faultsOfValues({ writes: survived, readers: readers.map(sinceGap) })).toEqual([])
  },
)
