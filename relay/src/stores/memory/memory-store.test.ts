import { type BrokerMessage, parsePattern, parseSubject, type Subject } from '@wildcast/protocol'
import { describe, expect, it, onTestFinished } from 'vitest'
import { memory } from '../../brokers/memory.js'
import type { Broker } from '../../core/broker.js'
import type { HistoryRule } from '../../core/history-rules.js'
import { leaseMs, type ValuePage } from '../../core/store.js'
import { newId } from '../../node/new-id.js'
import { publish } from '../../testing/broker-under-test.js'
import { type FakeClock, fakeClock } from '../../testing/fake-clock.js'
import { listener } from '../../testing/listener.js'
import { type LimitsInTest, readAll, type StoreUnderTest, valuesOf } from '../../testing/store-under-test.js'
import { historyContract } from '../history.contract.js'
import { storeContract } from '../store.contract.js'
import { memoryStore } from './memory-store.js'

interface Options {
  readonly clock?: FakeClock
  readonly leases?: boolean
  readonly limits?: LimitsInTest | undefined
  readonly rules?: readonly HistoryRule[] | undefined
}

async function open({ clock = fakeClock(), leases = false, limits, rules }: Options = {}): Promise<Broker> {
  const opening = memory({ clock, newId, store: memoryStore({ clock, limits, leases, rules }) })
  const broker = await opening({ status: () => {}, dropped: () => {} })
  onTestFinished(() => broker.close())
  return broker
}

for (const leases of [false, true]) {
  const name = leases ? 'memory with leases' : 'memory'
  const store: StoreUnderTest = {
    leased: leases,
    exact: true,
    async open(limits, rules) {
      const clock = fakeClock()
      return { relay: () => open({ clock, leases, limits, rules }), pass: async (ms) => clock.advance(ms) }
    },
  }
  storeContract(name, store)
  historyContract(name, store)
}

describe('the memory store', () => {
  const message = (subject: string, payload: BrokerMessage['payload'] = 'x'): BrokerMessage => ({
    subject: parseSubject(subject),
    payload,
  })

  it('has the result of each call at once, and has delivered the change', async () => {
    const broker = await open()
    const values = valuesOf(broker)
    const seen: (string | undefined)[] = []
    await broker.subscribe(
      { pattern: parsePattern('**') },
      listener(({ revision }) => seen.push(revision)),
    )
    const written = values.write({ message: message('key') })
    expect(written).toEqual({ kind: 'written', revision: seen[0] })
    expect(values.read('key' as Subject)).toMatchObject({ revision: seen[0] })
    expect((values.page(parsePattern('*'), { values: 1, bytes: 1 }) as ValuePage).values).toHaveLength(1)
    expect(values.mark()).toBeUndefined()
  })

  it('resolves a mark from inside a delivery when that delivery and all changes before it are over', async () => {
    const broker = await open()
    const values = valuesOf(broker)
    const log: string[] = []
    let marked: unknown
    await broker.subscribe(
      { pattern: parsePattern('first') },
      listener(() => {
        void values.write({ message: message('second') })
        marked = Promise.resolve(values.mark()).then(() => log.push('mark'))
      }),
    )
    await broker.subscribe(
      { pattern: parsePattern('**') },
      listener(({ subject }) => log.push(subject)),
    )
    await publish(broker, 'first', 'x')
    await marked
    expect(log).toEqual(['first', 'second', 'mark'])
  })

  it('copies a payload that is a part of a longer buffer, and no other', async () => {
    const values = valuesOf(await open())
    const buffer = new Uint8Array(64 * 1024)
    void values.write({ message: message('part', buffer.subarray(5, 8)) })
    void values.write({ message: message('whole', buffer) })
    const stored = await Promise.all(['part', 'whole'].map((key) => values.read(key as Subject)))
    const [part, whole] = stored.map((value) => value?.payload as Uint8Array)
    expect(part?.buffer.byteLength).toBe(3)
    expect(whole?.buffer).toBe(buffer.buffer)
  })

  it('keeps 100,000 values by default, and refuses another (FX-RET-15)', async () => {
    const values = valuesOf(await open())
    for (let i = 0; i < 100_000; i++) void values.write({ message: message(`key.${i}`) })
    const refused = { code: 'storage_full', message: expect.stringContaining('at most 100000 values: delete') }
    await expect(values.write({ message: message('another') })).rejects.toMatchObject(refused)
    expect(values.write({ message: message('key.7', 'new') })).toMatchObject({ kind: 'written' })
  })

  it('searches a bounded number of subjects for one page, and only those with the start of the pattern', async () => {
    const broker = await open()
    const values = valuesOf(broker)
    for (let i = 0; i < 25_000; i++) void values.write({ message: message(`room.${i}.name`) })
    void values.write({ message: message('zone.1.last') })
    expect((await readAll(broker, 'zone.*.last')).map((page) => page.length)).toEqual([1])
    expect((await readAll(broker, 'room.77.*')).map((page) => page.length)).toEqual([1])
    expect((await readAll(broker, '*.*.last')).map((page) => page.length)).toEqual([0, 0, 0, 0, 0, 1])
  })

  it('ignores wills without leases, since it ends with its relay', async () => {
    const clock = fakeClock()
    const values = valuesOf(await open({ clock }))
    expect(values.renew).toBeUndefined()
    void values.write({ message: message('key'), will: { payload: '', lease: 'relay' } })
    clock.advance(2 * leaseMs)
    expect(values.read('key' as Subject)).toMatchObject({ payload: 'x' })
  })

  it('writes each of thousands of wills once, also if their relay renews its lease too late', async () => {
    const clock = fakeClock()
    const broker = await open({ clock, leases: true })
    const values = valuesOf(broker)
    const seen: string[] = []
    for (let i = 0; i < 2500; i++)
      void values.write({ message: message(`key.${i}`), will: { payload: '', lease: 'relay' } })
    await broker.subscribe(
      { pattern: parsePattern('**') },
      listener(({ subject }) => {
        seen.push(subject)
        if (seen.length === 1000) clock.after(0, () => void values.renew?.('relay'))
      }),
    )
    clock.advance(leaseMs)
    expect(seen.length).toBe(1000) // in one turn of the event loop
    clock.advance(2)
    expect({ seen: seen.length, subjects: new Set(seen).size }).toEqual({ seen: 2500, subjects: 2500 })
  })

  it('leaves no timer when it is closed, or when no value expires any longer', async () => {
    const clock = fakeClock()
    const broker = await open({ clock, leases: true })
    const values = valuesOf(broker)
    void values.write({ message: message('key'), ttlMs: 1000 })
    void values.write({ message: message('other'), ttlMs: 2000 })
    expect(clock.timers).toBe(1)
    void values.write({ message: message('key', '') })
    void values.write({ message: message('other') })
    expect(clock.timers).toBe(0)
    void values.write({ message: message('key'), ttlMs: 1000 })
    await broker.close()
    expect(clock.timers).toBe(0)
  })
})
