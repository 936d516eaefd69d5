import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Worker } from 'node:worker_threads'
import { describe, expect, it, onTestFinished } from 'vitest'
import { memory } from '../brokers/memory.js'
import type { Broker } from '../core/broker.js'
import type { HistoryRule } from '../core/history-rules.js'
import { newId } from '../node/new-id.js'
import { type FakeClock, fakeClock } from '../testing/fake-clock.js'
import { type LimitsInTest, read, revisionOfWrite, type StoreUnderTest, write } from '../testing/store-under-test.js'
import { historyContract } from './history.contract.js'
import { defaultStoreLimits } from './limits.js'
import { sqlite } from './sqlite.js'
import { storeContract } from './store.contract.js'

const onDisk: StoreUnderTest = {
  leased: true,
  durable: true,
  exact: true,
  async open(limits, rules) {
    const file = await newFile()
    const clock = fakeClock()
    let broker: Broker | undefined
    onTestFinished(() => broker?.close())
    return {
      async relay() {
        broker ??= await brokerOn(file, clock, limits, rules)
        return broker
      },
      async pass(ms) {
        clock.advance(ms)
      },
      async restart() {
        await broker?.close()
        broker = undefined
      },
    }
  },
}
storeContract('sqlite', onDisk)
historyContract('sqlite', onDisk)

async function newFile(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'wildcast-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return path.join(folder, 'wildcast.db')
}

function brokerOn(
  file: string,
  clock: FakeClock,
  limits: LimitsInTest = {},
  rules: readonly HistoryRule[] = [],
): Promise<Broker> {
  const store = sqlite({ file, clock, limits: { ...defaultStoreLimits, ...limits }, rules })
  return memory({ clock, newId, store })({ status: () => {}, dropped: () => {} })
}

describe('the thread of a store', () => {
  it('that ends is started again: pending writes are interrupted, and subscribers get a gap', async () => {
    const threads: Worker[] = []
    const onThread = (thread: Worker): unknown => threads.push(thread)
    process.on('worker', onThread)
    onTestFinished(() => void process.off('worker', onThread))
    const statuses: string[] = []
    const [file, clock] = [await newFile(), fakeClock()]
    const store = sqlite({ file, clock, limits: defaultStoreLimits })
    const broker = await memory({ clock, newId, store })({ status: (now) => statuses.push(now), dropped: () => {} })
    onTestFinished(() => broker.close())
    const first = await revisionOfWrite(broker, 'key', 'a')
    const ended = expect(write(broker, 'other', 'b')).rejects.toMatchObject({ code: 'interrupted' })
    await threads[0]?.terminate()
    await ended
    expect(statuses).toEqual(['up', 'down', 'up'])
    expect(await read(broker, 'key')).toMatchObject({ payload: 'a', revision: first })
    expect((await revisionOfWrite(broker, 'key', 'c')) > first).toBe(true)
    expect(threads).toHaveLength(2)
  })

  it('that can not open the file rejects the opening, and reports no loss', async () => {
    const statuses: string[] = []
    const file = path.join(await newFile(), 'none.db')
    const store = sqlite({ file, clock: fakeClock(), limits: defaultStoreLimits })
    const opening = memory({ clock: fakeClock(), newId, store })({
      status: (now) => statuses.push(now),
      dropped: () => {},
    })
    await expect(opening).rejects.toThrow('lies in a folder that does not exist; create the folder')
    expect(statuses).toEqual([])
  })
})
