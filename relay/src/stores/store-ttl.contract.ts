import type { BrokerMessage } from '@wildcast/protocol'
import { expect, it } from 'vitest'
import { listen, publish, text } from '../testing/broker-under-test.js'
import { pass, read, revisionOfWrite, type StoreUnderTest, write } from '../testing/store-under-test.js'

const ttlMs = 2000

/** The contract of stores for values that expire. */
export function ttlContract({ open }: StoreUnderTest): void {
  it('has the feature "ttl"', async () => {
    expect((await (await open()).relay()).features.ttl).toBe(true)
  })

  it('deletes a value after its ttl, which subscribers receive as a deletion', async () => {
    const store = await open()
    const broker = await store.relay()
    const inbox = await listen(broker, 'key.*')
    const revision = await revisionOfWrite(broker, 'key.1', 'a', { ttlMs })
    await write(broker, 'key.2', 'b')
    await inbox.take(2)
    expect((await read(broker, 'key.1'))?.revision).toBe(revision)
    await pass(store, ttlMs, broker)
    const [deleted] = await inbox.take(1)
    expect(deleted).toMatchObject({ subject: 'key.1', deleted: true, expired: true })
    expect(deleted?.payload).toHaveLength(0)
    expect((deleted?.revision ?? '') > revision).toBe(true)
    expect(await read(broker, 'key.1')).toBeUndefined()
    expect(text((await read(broker, 'key.2')) as BrokerMessage)).toBe('b')
    expect((await revisionOfWrite(broker, 'key.1', 'c')) > (deleted?.revision ?? '')).toBe(true)
  })

  it.each([9_000_000_000_000, Number.MAX_SAFE_INTEGER])('keeps a value with the ttl %d', async (longMs) => {
    const store = await open()
    const broker = await store.relay()
    await write(broker, 'key.1', 'a', { ttlMs: longMs, headers: [['h', 'v']] })
    await pass(store, ttlMs, broker)
    const value = await read(broker, 'key.1')
    expect(value).toMatchObject({ headers: [['h', 'v']] })
    expect(text(value as BrokerMessage)).toBe('a')
  })

  it('keeps a value that was written again without a ttl', async () => {
    const store = await open()
    const broker = await store.relay()
    await write(broker, 'key.1', 'a', { ttlMs })
    await write(broker, 'key.1', 'b')
    await write(broker, 'key.2', 'a', { ttlMs })
    await write(broker, 'key.2', '')
    await write(broker, 'key.2', 'b')
    const inbox = await listen(broker, '**')
    await pass(store, ttlMs, broker)
    await publish(broker, 'end', 'end')
    expect((await inbox.take(1)).map(text)).toEqual(['end'])
    for (const name of ['key.1', 'key.2']) expect(text((await read(broker, name)) as BrokerMessage)).toBe('b')
  })

  it('ignores the ttl of a deletion', async () => {
    const store = await open()
    const broker = await store.relay()
    await write(broker, 'key.1', 'a')
    await write(broker, 'key.1', '', { ttlMs })
    await write(broker, 'key.1', 'b')
    await pass(store, ttlMs, broker)
    expect(text((await read(broker, 'key.1')) as BrokerMessage)).toBe('b')
  })

  it('counts the ttl of the last write only', async () => {
    const store = await open()
    const broker = await store.relay()
    await write(broker, 'longer', 'a', { ttlMs })
    await write(broker, 'longer', 'b', { ttlMs: 1000 * ttlMs })
    await write(broker, 'shorter', 'a', { ttlMs: 1000 * ttlMs })
    await write(broker, 'shorter', 'b', { ttlMs })
    const inbox = await listen(broker, '**')
    await pass(store, ttlMs, broker)
    expect((await inbox.take(1))[0]).toMatchObject({ subject: 'shorter', deleted: true })
    expect(text((await read(broker, 'longer')) as BrokerMessage)).toBe('b')
    expect(await read(broker, 'shorter')).toBeUndefined()
  })

  it('keeps the ttl when a write is refused', async () => {
    const store = await open()
    const broker = await store.relay()
    const inbox = await listen(broker, 'key')
    await write(broker, 'key', 'a', { ttlMs })
    await write(broker, 'key', 'b', { ifRevision: null })
    await pass(store, ttlMs, broker)
    expect((await inbox.take(2)).map((message) => message.deleted)).toEqual([undefined, true])
  })

  it('deletes each of many values once', async () => {
    const store = await open()
    const broker = await store.relay()
    const inbox = await listen(broker, 'key.*')
    await Promise.all(Array.from({ length: 200 }, (_, i) => write(broker, `key.${i}`, 'x', { ttlMs: ttlMs + (i % 7) })))
    await inbox.take(200)
    await pass(store, ttlMs + 10, broker)
    const deleted = await inbox.take(200)
    expect(new Set(deleted.map((message) => message.subject)).size).toBe(200)
    const revisions = deleted.map((message) => message.revision)
    expect(revisions).toEqual([...revisions].sort())
    await pass(store, 1, broker)
    await publish(broker, 'key.end', 'end')
    expect((await inbox.take(1)).map(text)).toEqual(['end'])
  })
}
