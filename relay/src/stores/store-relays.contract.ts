import type { BrokerMessage } from '@wildcast/protocol'
import { expect, it } from 'vitest'
import type { Broker } from '../core/broker.js'
import { listen, text } from '../testing/broker-under-test.js'
import { pass, read, type StoreUnderTest, subjectsOf, valuesOf, write } from '../testing/store-under-test.js'

/** Returns the changes of each subject, in the order of delivery. */
function bySubject(messages: readonly BrokerMessage[]): Record<string, { revision?: string; text: string }[]> {
  const found: Record<string, { revision?: string; text: string }[]> = {}
  for (const message of messages) {
    const { subject, revision } = message
    found[subject] ??= []
    found[subject].push({ ...(revision !== undefined && { revision }), text: text(message) })
  }
  return found
}

/** The contract of stores that several relays share. */
export function relaysContract({ open, lacks = [] }: StoreUnderTest): void {
  it('gives each relay what another has written, and delivers it there', async () => {
    const store = await open()
    const [here, there] = [await store.relay(), await store.relay()]
    const inbox = await listen(there, 'key.*')
    const headers = [['trace', '1']] as const
    await write(here, 'key.1', 'a', { headers, user: 'ada' })
    const expected = { subject: 'key.1', headers, ...(!lacks.includes('users') && { user: 'ada' }) }
    const value = await read(there, 'key.1')
    const [message] = await inbox.take(1)
    for (const found of [value, message]) expect(found).toMatchObject(expected)
    expect([value?.revision, message?.revision]).toEqual(Array(2).fill((await read(here, 'key.1'))?.revision))
    expect(await subjectsOf(there, '**')).toEqual(['key.1'])
    await write(there, 'key.1', '')
    expect(await read(here, 'key.1')).toBeUndefined()
  })

  it('delivers the changes of 4 writers at all relays in one order, that of the revisions, without a gap', async () => {
    const store = await open()
    const relays = [await store.relay(), await store.relay()]
    const inboxes = await Promise.all(relays.map((broker) => listen(broker, 'n.*')))
    const writer = async (i: number): Promise<void> => {
      for (let n = 0; n < 50; n++) await write(relays[i % 2] as Broker, `n.${n % 3}`, `${i} ${n}`)
    }
    await Promise.all([0, 1, 2, 3].map(writer))
    const [here = {}, there] = await Promise.all(inboxes.map(async (inbox) => bySubject(await inbox.take(200))))
    expect(there).toEqual(here)
    for (const [name, changes] of Object.entries(here)) {
      const last = changes.at(-1)
      expect(await read(relays[1] as Broker, name).then((value) => value && text(value))).toBe(last?.text)
      if (lacks.includes('revisions')) continue
      const revisions = changes.map(({ revision }) => revision)
      expect(revisions).toEqual([...new Set(revisions)].sort())
      expect((await read(relays[1] as Broker, name))?.revision).toBe(last?.revision)
    }
  })

  it('has delivered all that any relay has acknowledged when a mark resolves', async () => {
    const store = await open()
    const [here, there] = [await store.relay(), await store.relay()]
    const inbox = await listen(there, 'key.**')
    for (let round = 1; round <= 10; round++) {
      await Promise.all(Array.from({ length: 20 }, (_, i) => write(here, `key.${i}`, `${round}`)))
      await valuesOf(there).mark()
      expect(inbox.messages).toHaveLength(round * 20)
    }
  })

  if (!lacks.includes('ttl'))
    it('delivers an expiry once at each relay', async () => {
      const store = await open()
      const [here, there] = [await store.relay(), await store.relay()]
      const inboxes = [await listen(here, '**'), await listen(there, '**')]
      await write(here, 'key', 'a', { ttlMs: 1000 })
      await pass(store, 1000, here, there)
      await write(here, 'end', 'end')
      for (const inbox of inboxes) expect((await inbox.take(3)).map(text)).toEqual(['a', '', 'end'])
    })
}
