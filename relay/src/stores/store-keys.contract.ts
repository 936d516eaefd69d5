import { expect, it } from 'vitest'
import type { Broker } from '../core/broker.js'
import { keyMs, type PublishKey } from '../core/publish-key.js'
import { noRevision } from '../core/store.js'
import { listen, text } from '../testing/broker-under-test.js'
import { pass, read, revisionOfWrite, type StoreUnderTest, write } from '../testing/store-under-test.js'

const key: PublishKey = { name: '["ada ü\\n","k"]', fingerprint: '1 2 3 4' }
const used = { code: 'invalid_frame', message: expect.stringContaining('its own') }

const payloadOf = async (broker: Broker, subject: string): Promise<string | undefined> => {
  const value = await read(broker, subject)
  return value && text(value)
}

/** The contract of stores for writes with a key. */
export function keysContract({ open, shared = false, durable = false, lacks = [] }: StoreUnderTest): void {
  it('does a write with a key once, and a repeat has its outcome', async () => {
    const broker = await (await open()).relay()
    const inbox = await listen(broker, '**')
    const revision = await revisionOfWrite(broker, 'a', '1', { key })
    await write(broker, 'b', '2')
    const repeated = { kind: 'written', revision, repeated: true }
    expect(await write(broker, 'a', '1', { key })).toEqual(repeated)
    await write(broker, 'a', '3')
    expect(await write(broker, 'a', '1', { key })).toEqual(repeated)
    await write(broker, 'c', '4')
    expect((await inbox.take(4)).map(text)).toEqual(['1', '2', '3', '4'])
    expect(await payloadOf(broker, 'a')).toBe('3')
  })

  it('answers a repeat by the outcome of the first, whatever the condition', async () => {
    const broker = await (await open()).relay()
    expect(await write(broker, 'a', '1', { key, ifRevision: noRevision })).toMatchObject({ kind: 'refused' })
    const revision = await revisionOfWrite(broker, 'a', '1', { key, ifRevision: null })
    for (const ifRevision of [null, noRevision])
      expect(await write(broker, 'a', '1', { key, ifRevision })).toEqual({ kind: 'written', revision, repeated: true })
    await write(broker, 'a', '')
    expect(await write(broker, 'a', '1', { key, ifRevision: noRevision })).toMatchObject({ revision, repeated: true })
    expect(await payloadOf(broker, 'a')).toBeUndefined()
  })

  it('forgets the key of a write that was refused', async () => {
    const broker = await (await open()).relay()
    await write(broker, 'a', 'theirs')
    expect(await write(broker, 'a', '1', { key, ifRevision: null })).toMatchObject({ kind: 'refused' })
    await write(broker, 'a', '')
    expect(await write(broker, 'a', '1', { key, ifRevision: null })).not.toHaveProperty('repeated')
    expect(await payloadOf(broker, 'a')).toBe('1')
  })

  it('deletes once with a key', async () => {
    const broker = await (await open()).relay()
    await write(broker, 'a', '1')
    const revision = await revisionOfWrite(broker, 'a', '', { key })
    await write(broker, 'a', '2')
    expect(await write(broker, 'a', '', { key })).toEqual({ kind: 'written', revision, repeated: true })
    expect(await payloadOf(broker, 'a')).toBe('2')
  })

  if (!lacks.includes('exact keys'))
    it('remembers that there was no value to delete', async () => {
      const broker = await (await open()).relay()
      expect(await write(broker, 'a', '', { key })).toEqual({ kind: 'unchanged' })
      await write(broker, 'a', '1')
      expect(await write(broker, 'a', '', { key })).toEqual({ kind: 'unchanged' })
      expect(await payloadOf(broker, 'a')).toBe('1')
    })

  it('refuses a key that belongs to another message', async () => {
    const broker = await (await open()).relay()
    await write(broker, 'a', '1', { key })
    const other = { ...key, fingerprint: '1 2 3 5' }
    await expect(write(broker, 'a', '2', { key: other })).rejects.toMatchObject(used)
    await expect(write(broker, 'b', '2', { key: other })).rejects.toMatchObject(used)
    expect([await payloadOf(broker, 'a'), await payloadOf(broker, 'b')]).toEqual(['1', undefined])
    expect(await write(broker, 'b', '2', { key: { ...other, name: 'another' } })).not.toHaveProperty('repeated')
  })

  if (!lacks.includes('exact keys'))
    it('remembers a key for its time, and does a write under it again after that', async () => {
      const store = await open()
      const broker = await store.relay()
      const revision = await revisionOfWrite(broker, 'a', '1', { key })
      await pass(store, keyMs / 2, broker)
      expect(await write(broker, 'a', '1', { key })).toMatchObject({ revision, repeated: true })
      await pass(store, keyMs / 2, broker)
      const again = await revisionOfWrite(broker, 'a', '1', { key })
      expect(again > revision).toBe(true)
      expect(await write(broker, 'a', '1', { key })).toMatchObject({ revision: again, repeated: true })
    })

  it('answers a repeat of a write that has filled the store', async () => {
    const broker = await (await open(lacks.includes('limits') ? undefined : { values: 1, bytes: 2000 })).relay()
    const revision = await revisionOfWrite(broker, 'a', '1'.repeat(1200), { key })
    expect(await write(broker, 'a', '1'.repeat(1200), { key })).toMatchObject({ revision, repeated: true })
  })

  if (shared) sharedKeysContract(open)

  if (durable)
    it('remembers keys over a restart', async () => {
      const store = await open()
      const revision = await revisionOfWrite(await store.relay(), 'a', '1', { key })
      await store.restart?.()
      const after = await store.relay()
      const inbox = await listen(after, '**')
      expect(await write(after, 'a', '1', { key })).toEqual({ kind: 'written', revision, repeated: true })
      await write(after, 'b', '2')
      expect((await inbox.take(1)).map(text)).toEqual(['2'])
    })
}

function sharedKeysContract(open: StoreUnderTest['open']): void {
  it('knows the keys of another relay, also of one that is gone', async () => {
    const store = await open()
    const [here, there] = [await store.relay(), await store.relay()]
    const inbox = await listen(there, '**')
    const revision = await revisionOfWrite(here, 'a', '1', { key })
    await here.close()
    expect(await write(there, 'a', '1', { key })).toEqual({ kind: 'written', revision, repeated: true })
    expect(inbox.messages.map(text)).toEqual(['1'])
    await expect(write(there, 'b', '1', { key: { ...key, fingerprint: 'x' } })).rejects.toMatchObject(used)
  })

  it('does a write once that relays are given at the same time', async () => {
    const store = await open()
    const relays = [await store.relay(), await store.relay()]
    const inbox = await listen(relays[0] as Broker, '**')
    const all = Array.from({ length: 20 }, (_, i) => revisionOfWrite(relays[i % 2] as Broker, 'a', '1', { key }))
    expect(new Set(await Promise.all(all)).size).toBe(1)
    await write(relays[0] as Broker, 'a', 'end')
    expect((await inbox.take(2)).map(text)).toEqual(['1', 'end'])
  })
}
