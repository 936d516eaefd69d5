import { expect, test } from 'vitest'
import type { Message } from '../messages/message.js'
import { settle } from '../testing/fake-clock.js'
import { connectToValues, type ValueRelay } from '../testing/value-relay.js'

/** Subscribes, and records what the handlers are called with. */
function record({ client }: ValueRelay, retained: boolean): { readonly seen: string[]; readonly undo: () => void } {
  const seen: string[] = []
  const undo = client.subscribe(
    'good.*',
    ({ subject, deleted, retained, revision, data }: Message) =>
      seen.push(`${subject} ${deleted ? 'deleted' : data} ${revision}${retained ? ' retained' : ''}`),
    { retained, onSynced: () => seen.push('synced'), onGap: () => seen.push('gap') },
  )
  return { seen, undo }
}

test('a subscription with retained gets the values, then their changes', async () => {
  const relay = await connectToValues()
  relay.write('good.apple', '3')
  const { seen } = record(relay, true)
  await settle()
  relay.write('good.apple', '4')
  relay.write('good.apple', undefined)
  expect(seen).toEqual(['good.apple 3 t-0001 retained', 'synced', 'good.apple 4 t-0002', 'good.apple deleted t-0003'])
})

test('each subscription with retained gets all values, and others of the pattern get none', async () => {
  const relay = await connectToValues()
  relay.write('good.apple', '3')
  const plain = record(relay, false)
  const first = record(relay, true)
  await settle()
  const second = record(relay, true)
  await settle()
  expect(first.seen).toEqual(['good.apple 3 t-0001 retained', 'synced'])
  expect(second.seen).toEqual(first.seen)
  expect(plain.seen).toEqual([])
  relay.write('good.apple', '4')
  for (const { seen } of [plain, first, second]) expect(seen.at(-1)).toBe('good.apple 4 t-0002')
})

test('the relay is left when the last subscription of the pattern has ended', async () => {
  const relay = await connectToValues()
  const all = [record(relay, true), record(relay, true), record(relay, false)]
  await settle()
  for (const { undo } of all) {
    expect(relay.relay.link.all('Unsubscribe')).toEqual([])
    undo()
    await relay.clock.advance(1000)
  }
  expect(relay.relay.link.all('Unsubscribe')).toHaveLength(1)
})

test('after a lost session, and after a gap, the values come again', async () => {
  const relay = await connectToValues()
  relay.write('good.apple', '3')
  const { seen } = record(relay, true)
  await settle()
  const whole = ['good.apple 3 t-0001 retained', 'synced']
  await relay.reconnect()
  expect(seen).toEqual([...whole, 'gap', ...whole])
  relay.relay.link.send({ kind: 'Gap', id: 1 })
  relay.sync()
  expect(seen).toEqual([...whole, 'gap', ...whole, 'gap', ...whole])
})
