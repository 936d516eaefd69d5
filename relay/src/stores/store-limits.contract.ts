import type { BrokerMessage } from '@wildcast/protocol'
import { expect, it } from 'vitest'
import { listen, publish, text } from '../testing/broker-under-test.js'
import { read, type StoreUnderTest, subjectsOf, write } from '../testing/store-under-test.js'

const full = { code: 'storage_full', message: expect.stringContaining('delete') }

/** The contract of stores for their limits. */
export function limitsContract({ open }: StoreUnderTest): void {
  it('refuses a value beyond the limit of values, and names the remedy (FX-RET-15)', async () => {
    const broker = await (await open({ values: 3 })).relay()
    const inbox = await listen(broker, '**')
    for (const name of ['1', '2', '3']) await write(broker, `key.${name}`, name)
    await expect(write(broker, 'key.4', '4')).rejects.toMatchObject(full)
    await expect(write(broker, 'key.4', '4', { ifRevision: null })).rejects.toMatchObject(full)
    await publish(broker, 'end', 'end')
    expect((await inbox.take(4)).map(text)).toEqual(['1', '2', '3', 'end'])
    expect(await subjectsOf(broker, '**')).toEqual(['key.1', 'key.2', 'key.3'])
  })

  it('replaces and deletes values at the limit of values, and has room after that', async () => {
    const broker = await (await open({ values: 2 })).relay()
    for (const name of ['1', '2']) await write(broker, `key.${name}`, name)
    await write(broker, 'key.2', 'new')
    expect(await write(broker, 'key.3', '')).toEqual({ kind: 'unchanged' })
    await write(broker, 'key.1', '')
    await write(broker, 'key.3', '3')
    await expect(write(broker, 'key.1', '1')).rejects.toMatchObject(full)
    expect(await subjectsOf(broker, '**')).toEqual(['key.2', 'key.3'])
  })

  it('refuses what exceeds the limit of bytes, and keeps the old value', async () => {
    const broker = await (await open({ bytes: 10_000 })).relay()
    const [small, large] = ['s'.repeat(1000), new Uint8Array(4000)]
    const inbox = await listen(broker, '**')
    await write(broker, 'key.1', large)
    await write(broker, 'key.2', small)
    await expect(write(broker, 'key.3', new Uint8Array(6000))).rejects.toMatchObject(full)
    await expect(write(broker, 'key.2', new Uint8Array(7000))).rejects.toMatchObject(full)
    await publish(broker, 'end', 'end')
    expect(await inbox.take(3)).toHaveLength(3)
    expect(text((await read(broker, 'key.2')) as BrokerMessage)).toBe(small)
    expect(await subjectsOf(broker, '**')).toEqual(['key.1', 'key.2'])
  })

  it('counts the bytes of replaced and deleted values no longer', async () => {
    const broker = await (await open({ bytes: 10_000 })).relay()
    for (let i = 0; i < 20; i++) await write(broker, 'key', new Uint8Array(6000 + i))
    for (let i = 0; i < 20; i++) {
      await write(broker, 'key', '')
      await write(broker, 'key', new Uint8Array(6000))
    }
    await write(broker, 'key', 'short')
    await write(broker, 'other', new Uint8Array(6000))
    await expect(write(broker, 'key', new Uint8Array(6000))).rejects.toMatchObject(full)
    await write(broker, 'other', '')
    await write(broker, 'key', new Uint8Array(6000))
  })
}
