import { expect, test } from 'vitest'
import type { Message } from '../messages/message.js'
import { loseSession, type Tested, tested } from '../testing/tested.js'
import { values } from '../values/values.js'

/** Subscribes, and records what the handlers are called with. */
function record({ client }: Tested, retained: boolean): { readonly seen: string[]; readonly undo: () => void } {
  const seen: string[] = []
  const undo = client.subscribe(
    'good.*',
    ({ subject, deleted, retained, revision, data }: Message) =>
      seen.push(`${subject} ${deleted ? 'deleted' : data} ${revision}${retained ? ' retained' : ''}`),
    { retained, onSynced: () => seen.push('synced'), onGap: () => seen.push('gap') },
  )
  return { seen, undo }
}

/** A client, another one that writes, and the revision of a first value. */
async function withApple(): Promise<Tested & { readonly other: ReturnType<typeof values>; readonly first: string }> {
  const one = await tested()
  const other = values(one.relay.createClient())
  const { revision } = await other.set('good.apple', 3)
  return { ...one, other, first: `good.apple 3 ${revision} retained` }
}

test('a subscription with retained gets the values, then their changes', async () => {
  const one = await withApple()
  const { seen } = record(one, true)
  await one.relay.settled()
  const changed = await one.other.set('good.apple', 4)
  const deleted = await one.other.delete('good.apple')
  await one.relay.settled()
  const later = [`good.apple 4 ${changed.revision}`, `good.apple deleted ${deleted.revision}`]
  expect(seen).toEqual([one.first, 'synced', ...later])
})

test('each subscription with retained gets all values, and others of the pattern get none', async () => {
  const one = await withApple()
  const plain = record(one, false)
  const first = record(one, true)
  await one.relay.settled()
  const second = record(one, true)
  await one.relay.settled()
  expect(first.seen).toEqual([one.first, 'synced'])
  expect(second.seen).toEqual(first.seen)
  expect(plain.seen).toEqual([])
  const { revision } = await one.other.set('good.apple', 4)
  await one.relay.settled()
  for (const { seen } of [plain, first, second]) expect(seen.at(-1)).toBe(`good.apple 4 ${revision}`)
})

test('the relay is left when the last subscription of the pattern has ended', async () => {
  const one = await withApple()
  const all = [record(one, true), record(one, true), record(one, false)]
  await one.relay.settled()
  for (const { undo } of all) {
    expect(one.relay.frames('Unsubscribe')).toEqual([])
    undo()
    await one.clock.advance(1000)
  }
  expect(one.relay.frames('Unsubscribe')).toHaveLength(1)
})

test('after a lost session, and after a gap, the values come again', async () => {
  const one = await withApple()
  const { seen } = record(one, true)
  await one.relay.settled()
  const whole = [one.first, 'synced']
  await loseSession(one)
  expect(seen).toEqual([...whole, 'gap', ...whole])
  one.relay.brokerDown()
  one.relay.brokerUp()
  await one.relay.settled()
  expect(seen).toEqual([...whole, 'gap', ...whole, 'gap', ...whole])
})
