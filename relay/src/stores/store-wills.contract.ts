import type { BrokerMessage } from '@wildcast/protocol'
import { expect, it } from 'vitest'
import type { Broker } from '../core/broker.js'
import { leaseMs } from '../core/store.js'
import { listen, publish, text } from '../testing/broker-under-test.js'
import { pass, read, revisionOfWrite, type StoreUnderTest, valuesOf, write } from '../testing/store-under-test.js'

const renew = async (broker: Broker, lease = 'relay'): Promise<void> => valuesOf(broker).renew?.(lease)
const will = { payload: 'off', lease: 'relay' }

/** The contract of stores for wills, which their leases keep from being written. */
export function willsContract({ open }: StoreUnderTest): void {
  it('writes the wills of a lease that is no longer renewed, once, and no others', async () => {
    const store = await open()
    const broker = await store.relay()
    await renew(broker, 'other')
    await renew(broker)
    await write(broker, 'kept', 'on', { will: { payload: 'off', lease: 'other' } })
    const first = await revisionOfWrite(broker, 'state', 'on', { will, user: 'ada' })
    await write(broker, 'lock', 'mine', { will: { payload: '', lease: 'relay' } })
    await write(broker, 'plain', 'on')
    const inbox = await listen(broker, '**')
    await pass(store, leaseMs - 5000, broker)
    await renew(broker, 'other')
    await pass(store, 5000, broker)
    const changed = new Map((await inbox.take(2)).map((message) => [message.subject as string, message]))
    expect(text(changed.get('state') as BrokerMessage)).toBe('off')
    expect(changed.get('lock')).toMatchObject({ deleted: true })
    expect((changed.get('state')?.revision ?? '') > first).toBe(true)
    expect((await read(broker, 'state'))?.revision).toBe(changed.get('state')?.revision)
    expect(await read(broker, 'lock')).toBeUndefined()
    await renew(broker, 'other')
    await pass(store, 1000, broker)
    await publish(broker, 'end', 'end')
    expect((await inbox.take(1)).map(text)).toEqual(['end'])
  })

  it('writes no will while its lease is renewed', async () => {
    const store = await open()
    const broker = await store.relay()
    await renew(broker)
    await write(broker, 'state', 'on', { will })
    for (let i = 0; i < 3; i++) {
      await pass(store, 9000, broker)
      await renew(broker)
    }
    expect(text((await read(broker, 'state')) as BrokerMessage)).toBe('on')
    const inbox = await listen(broker, 'state')
    await pass(store, leaseMs, broker)
    expect((await inbox.take(1)).map(text)).toEqual(['off'])
  })

  it('cancels a will by any later write, also one of the same value (FX-SYN-16)', async () => {
    const store = await open()
    const broker = await store.relay()
    await renew(broker)
    for (const name of ['other', 'same', 'deleted', 'refused']) await write(broker, name, 'on', { will })
    await write(broker, 'other', 'else')
    await write(broker, 'same', 'on')
    await write(broker, 'deleted', '')
    await write(broker, 'deleted', 'new')
    await write(broker, 'refused', 'else', { ifRevision: null })
    const inbox = await listen(broker, '**')
    await pass(store, leaseMs, broker)
    expect((await inbox.take(1)).map((message) => [message.subject, text(message)])).toEqual([['refused', 'off']])
    const values = await Promise.all(['other', 'same', 'deleted'].map((name) => read(broker, name)))
    expect(values.map((value) => text(value as BrokerMessage))).toEqual(['else', 'on', 'new'])
  })

  it('replaces a will by that of a later write', async () => {
    const store = await open()
    const broker = await store.relay()
    await renew(broker, 'first')
    await renew(broker, 'second')
    await write(broker, 'state', 'a', { will: { payload: 'first', lease: 'first' } })
    await write(broker, 'state', 'b', { will: { payload: 'second', lease: 'second' } })
    const inbox = await listen(broker, 'state')
    await pass(store, leaseMs - 1000, broker)
    await renew(broker, 'second')
    await pass(store, leaseMs - 1000, broker)
    expect(text((await read(broker, 'state')) as BrokerMessage)).toBe('b')
    await pass(store, 1000, broker)
    expect((await inbox.take(1)).map(text)).toEqual(['second'])
  })
}
