import type { BrokerMessage } from '@wildcast/protocol'
import { expect, it } from 'vitest'
import { leaseMs } from '../core/store.js'
import { listen, text } from '../testing/broker-under-test.js'
import {
  pass,
  read,
  readAll,
  revisionOfWrite,
  type StoreUnderTest,
  valuesOf,
  write,
} from '../testing/store-under-test.js'

/** The contract of stores whose values outlive their process. */
export function restartContract({ open, leased = false, lacks = [] }: StoreUnderTest): void {
  it('keeps values and their revisions over a restart, and gives greater ones (FX-STO-3, FX-STO-4)', async () => {
    const store = await open()
    const before = await store.relay()
    const headers = [['trace', '1']] as const
    const first = await revisionOfWrite(before, 'key.1', Uint8Array.of(0, 255), { headers, user: 'ada' })
    await write(before, 'key.2', 'x')
    const last = await revisionOfWrite(before, 'key.2', '')
    await store.restart?.()
    const after = await store.relay()
    const values = (await readAll(after, '**')).flat()
    expect(values).toMatchObject([{ subject: 'key.1', revision: first, headers, user: 'ada' }])
    expect([...Buffer.from(values[0]?.payload ?? '')]).toEqual([0, 255])
    expect(await revisionOfWrite(after, 'key.1', 'b', { ifRevision: first }).then((next) => next > last)).toBe(true)
  })

  if (!lacks.includes('ttl'))
    it('deletes a value after its ttl that has passed over a restart', async () => {
      const store = await open()
      await write(await store.relay(), 'key', 'a', { ttlMs: 2000 })
      await store.restart?.()
      const after = await store.relay()
      await pass(store, 2000, after)
      await expect.poll(() => read(after, 'key')).toBeUndefined()
    })

  if (leased)
    it('writes the wills of an earlier process when their lease ends (FX-SYN-19)', async () => {
      const store = await open()
      const before = await store.relay()
      await valuesOf(before).renew?.('relay')
      await write(before, 'state', 'on', { will: { payload: 'off', lease: 'relay' } })
      await write(before, 'cancelled', 'on', { will: { payload: 'off', lease: 'relay' } })
      await write(before, 'cancelled', 'else')
      await store.restart?.()
      const after = await store.relay()
      await valuesOf(after).renew?.('another')
      expect(text((await read(after, 'state')) as BrokerMessage)).toBe('on')
      const inbox = await listen(after, '**')
      await pass(store, leaseMs, after)
      expect((await inbox.take(1)).map((message) => [message.subject, text(message)])).toEqual([['state', 'off']])
      expect(text((await read(after, 'cancelled')) as BrokerMessage)).toBe('else')
    })
}
