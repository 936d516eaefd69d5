import { describe, expectTypeOf, test } from 'vitest'
import type { Client, Message } from './index.js'
import { elect, type Lock, lock } from './locks.js'
import { type Member, presence } from './presence.js'
import { type SetResult, values, type WatchedValues } from './values.js'

declare const client: Client
interface Price {
  readonly price: number
}

describe('values', () => {
  const store = values(client)
  test('take a client or a scope', () => {
    values(client.broker('orders'))
    // @ts-expect-error: no client
    values(3)
  })
  test('get has the type of the data', () => {
    expectTypeOf(store.get<Price>('a')).toEqualTypeOf<Promise<Message<Price> | undefined>>()
    expectTypeOf(store.get('a')).toEqualTypeOf<Promise<Message<unknown> | undefined>>()
  })
  test('set takes conditions, and data of the given type', () => {
    expectTypeOf(store.set('a', 1, { when: null })).toEqualTypeOf<Promise<SetResult>>()
    void store.set('a', 1, { when: { state: 'free' }, watch: true, timeoutMs: 1, ttlMs: 1, will: null, willAfterMs: 1 })
    // @ts-expect-error: the data is not a price
    void store.set<Price>('a', { cost: 3 })
    // @ts-expect-error: a revision that may be undefined is no condition
    void store.set('a', 1, { whenRevision: undefined })
    // @ts-expect-error: not JSON
    void store.set('a', 1, { when: () => 3 })
  })
  test('watch has the params of the pattern', () => {
    expectTypeOf(store.watch('room.*.msg')).toEqualTypeOf<WatchedValues<unknown, readonly [string]>>()
    expectTypeOf(store.watch<Price>('good.*').get('a')?.data).toEqualTypeOf<Price | undefined>()
  })
})

test('lock and elect', () => {
  expectTypeOf(lock(client, 'a', { timeoutMs: 1, data: { name: 'Ada' } })).toEqualTypeOf<Promise<Lock>>()
  expectTypeOf(elect(client, 'a').isLeader).toEqualTypeOf<boolean>()
  // @ts-expect-error: an election has no time limit
  elect(client, 'a', { timeoutMs: 1 })
})

test('presence has the type of what members enter with', () => {
  const room = presence<{ name: string }>(client, 'room.42')
  expectTypeOf(room.members).toEqualTypeOf<readonly Member<{ name: string }>[]>()
  void room.enter({ name: 'Ada' })
  // @ts-expect-error: no name
  void room.update({})
})

test('a subscription may ask for values', () => {
  client.subscribe('a', ({ revision, deleted, retained }) => [revision, deleted, retained], {
    retained: true,
    onSynced: () => {},
  })
})
