import type { BrokerMessage } from '@wildcast/protocol'
import { expect, it } from 'vitest'
import type { Broker } from '../core/broker.js'
import { listen, publish, text } from '../testing/broker-under-test.js'
import { type OpenedStore, read, revisionOfWrite, type StoreUnderTest, write } from '../testing/store-under-test.js'

/** Adds 1 to a number, `times` times. */
async function increment(broker: Broker, times: number): Promise<void> {
  for (let done = 0; done < times; ) {
    const value = await read(broker, 'sum')
    const next = String(Number(value ? text(value) : 0) + 1)
    const written = await write(broker, 'sum', next, { ifRevision: value?.revision ?? null })
    if (written.kind === 'written') done++
  }
}

/** Returns two relays on a store, or one relay twice. */
async function relaysOf(store: OpenedStore, shared: boolean): Promise<readonly Broker[]> {
  const first = await store.relay()
  return [first, shared ? await store.relay() : first]
}

/** The contract of stores for conditions. */
export function conditionsContract({ open, shared = false }: StoreUnderTest): void {
  const relay = async () => (await open()).relay()

  it('has the feature "conditional"', async () => {
    expect((await relay()).features.conditional).toBe(true)
  })

  it('writes a first value only if the subject has no value (FX-SYN-1, FX-SYN-2)', async () => {
    const broker = await relay()
    const revision = await revisionOfWrite(broker, 'lock', 'a', { ifRevision: null })
    expect(await write(broker, 'lock', 'b', { ifRevision: null })).toEqual({ kind: 'refused', revision })
    expect(text((await read(broker, 'lock')) as BrokerMessage)).toBe('a')
    await write(broker, 'lock', '')
    expect(await revisionOfWrite(broker, 'lock', 'b', { ifRevision: null }).then((next) => next > revision)).toBe(true)
  })

  it('writes a value only on the revision that it has', async () => {
    const broker = await relay()
    const first = await revisionOfWrite(broker, 'key', 'a')
    const second = await revisionOfWrite(broker, 'key', 'b', { ifRevision: first })
    expect(await write(broker, 'key', 'c', { ifRevision: first })).toEqual({ kind: 'refused', revision: second })
    expect(text((await read(broker, 'key')) as BrokerMessage)).toBe('b')
  })

  it.each([
    ['another term', (revision: string) => `0000000000${revision.slice(10)}`],
    ['a later term', (revision: string) => `zzzzzzzzzz${revision.slice(10)}`],
    ['a later count', (revision: string) => `${revision.slice(0, -9)}zzzzzzzzz`],
    ['no form', () => 'x'],
  ])('refuses a write on a revision of %s', async (_, other) => {
    const broker = await relay()
    const revision = await revisionOfWrite(broker, 'key', 'a')
    const refused = { kind: 'refused', revision }
    expect(await write(broker, 'key', 'b', { ifRevision: other(revision) })).toEqual(refused)
    expect(await write(broker, 'key', '', { ifRevision: other(revision) })).toEqual(refused)
  })

  it('refuses a write on a revision when there is no value', async () => {
    const broker = await relay()
    const first = await revisionOfWrite(broker, 'key', 'a')
    await write(broker, 'key', '', { ifRevision: first })
    const refused = { kind: 'refused', revision: undefined }
    expect(await write(broker, 'key', 'b', { ifRevision: first })).toEqual(refused)
    expect(await write(broker, 'key', '', { ifRevision: first })).toEqual(refused)
    expect(await read(broker, 'key')).toBeUndefined()
  })

  it('changes nothing when a value is deleted that must not be there, and is not', async () => {
    const broker = await relay()
    expect(await write(broker, 'key', '', { ifRevision: null })).toEqual({ kind: 'unchanged' })
    const revision = await revisionOfWrite(broker, 'key', 'a')
    expect(await write(broker, 'key', '', { ifRevision: null })).toEqual({ kind: 'refused', revision })
  })

  it('delivers nothing of a refused write (FX-SYN-3)', async () => {
    const broker = await relay()
    const inbox = await listen(broker, '**')
    const first = await revisionOfWrite(broker, 'key', 'a')
    await write(broker, 'key', 'b', { ifRevision: null })
    await write(broker, 'key', '', { ifRevision: null })
    await write(broker, 'none', 'c', { ifRevision: first })
    await publish(broker, 'end', 'end')
    expect((await inbox.take(2)).map(text)).toEqual(['a', 'end'])
  })

  it('has one winner among concurrent first writers', async () => {
    const store = await open()
    const relays = await relaysOf(store, shared)
    const writes = Array.from({ length: 20 }, (_, i) =>
      write(relays[i % 2] as Broker, 'lock', `${i}`, { ifRevision: null }),
    )
    const results = await Promise.all(writes)
    const winners = results.filter(({ kind }) => kind === 'written')
    expect(winners).toHaveLength(1)
    const value = await read(relays[0] as Broker, 'lock')
    expect(winners[0]).toEqual({ kind: 'written', revision: value?.revision })
  })

  it('loses no increment of 4 concurrent writers', async () => {
    const store = await open()
    const relays = await relaysOf(store, shared)
    await Promise.all([0, 1, 2, 3].map((i) => increment(relays[i % 2] as Broker, 25)))
    expect(text((await read(relays[0] as Broker, 'sum')) as BrokerMessage)).toBe('100')
  })
}
