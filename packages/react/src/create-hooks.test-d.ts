import { type ContractClient, createClient, type Message } from '@wildcast/client'
import { defineContract, type } from '@wildcast/contract'
import { expectTypeOf, test } from 'vitest'
import { createHooks } from './contract.js'
import { type Publishing, type PublishState, useConnection, WildcastProvider } from './index.js'
import { useOutbox } from './outbox.js'
import { createSuspenseHooks } from './suspense.js'

interface Good {
  readonly price: number
}
interface Who {
  readonly name: string
}

const api = defineContract({
  'good.*': { message: type<Good>() },
  'room.{room}.msg': { message: type<string>() },
  'room.{room}': { presence: type<Who>() },
  'math.sum': { request: type<readonly number[]>(), reply: type<number>() },
  'price.*': { value: type<Good>() },
  'doc.*': { value: type<Who>() },
})
const hooks = createHooks(api)
declare const text: string
declare const id: string | undefined

test('the provider takes clients with and without a contract', () => {
  void WildcastProvider({ client: createClient({ url: '/ws', contract: api }) })
  void WildcastProvider({ client: createClient({ url: '/ws' }) })
  expectTypeOf(hooks.useClient()).toEqualTypeOf<ContractClient<typeof api>>()
  // @ts-expect-error: no client
  void WildcastProvider({ client: {} })
})

test('hooks have the types of the entries', () => {
  const { items } = hooks.useSubscription('room.{room}.msg', { keep: 5 })
  expectTypeOf(items[0]).toEqualTypeOf<Message<string, { readonly room: string }> | undefined>()
  expectTypeOf(hooks.useSubscription('good.*', { select: ({ last }) => last?.data.price })).toEqualTypeOf<
    number | undefined
  >()
  hooks.useSubscription(id === undefined ? null : `good.${id}`, {
    onEvent: ({ data }) => expectTypeOf(data).toEqualTypeOf<Good>(),
  })
  expectTypeOf(hooks.useReduce('good.*', (sum, { data }) => sum + data.price, 0)).toEqualTypeOf<number>()
  expectTypeOf(hooks.useHistory('room.*.msg').items[0]?.data).toEqualTypeOf<string | undefined>()
  expectTypeOf(hooks.useValues('price.*').values.get('x')?.data).toEqualTypeOf<Good | undefined>()
  const { data, set } = hooks.useValue('price.apple')
  expectTypeOf(data).toEqualTypeOf<Good | undefined>()
  void set({ price: 1 })
  const { call, data: sum } = hooks.useRequest('math.sum')
  void call([1, 2])
  expectTypeOf(sum).toEqualTypeOf<number | undefined>()
  hooks.useRequest('math.sum', { data: [1, 2] })
  hooks.useServe('math.sum', ({ data }) => data.length)
  const { members, update } = hooks.usePresence('room.42', { name: 'Ada' })
  expectTypeOf(members[0]?.data).toEqualTypeOf<Who | undefined>()
  update({ name: 'Bob' })
  hooks.usePresence('room.42')
  hooks.useMemberCount('room.*')
  expectTypeOf(hooks.useLock('doc.1', { data: { name: 'Ada' } }).holder?.data).toEqualTypeOf<Who | undefined>()
  hooks.useLeader('doc.1', { data: { name: 'Ada' } })
  hooks.useCan('publish', 'good.*')
})

test('usePublish takes params by position or by name', () => {
  expectTypeOf(hooks.usePublish('good.apple')({ price: 1 })).toEqualTypeOf<Publishing>()
  hooks.usePublish('good.*')(['apple'], { price: 1 })
  hooks.usePublish('room.{room}.msg')({ room: 42 }, 'hi', { key: true })
  // @ts-expect-error: no params
  hooks.usePublish('room.{room}.msg')('hi')
  // @ts-expect-error: another name
  hooks.usePublish('room.{room}.msg')({ id: '42' }, 'hi')
  // @ts-expect-error: a number
  hooks.usePublish('good.apple')({ price: '1' })
  // @ts-expect-error: no entry
  hooks.usePublish('god.apple')
})

test('the hooks without subjects are the same', () => {
  expectTypeOf(hooks.useOutbox).toEqualTypeOf(useOutbox)
  expectTypeOf(hooks.useConnection).toEqualTypeOf(useConnection)
  expectTypeOf(hooks.usePublishing(hooks.usePublish('good.apple')({ price: 1 }))).toEqualTypeOf<
    PublishState | undefined
  >()
})

test('what has no entry does not compile', () => {
  // @ts-expect-error: no entry
  hooks.useSubscription('god.*')
  // @ts-expect-error: text
  hooks.useSubscription(text)
  // @ts-expect-error: messages only
  hooks.useValue('good.apple')
  // @ts-expect-error: a number
  void hooks.useValue('price.apple').set({ price: '1' })
  // @ts-expect-error: numbers
  hooks.useRequest('math.sum', { data: ['1'] })
  // @ts-expect-error: the answer is a number
  hooks.useServe('math.sum', () => 'three')
  // @ts-expect-error: a name
  hooks.usePresence('room.42', { name: 1 })
  // @ts-expect-error: no data
  hooks.useLock('doc.1')
  // @ts-expect-error: no presence
  hooks.useMemberCount('good.*')
  // @ts-expect-error: no entry
  hooks.useCan('publish', 'god.*')
  // @ts-expect-error: no contract
  createHooks({})
})

test('hooks that suspend have the same types', () => {
  expectTypeOf(createSuspenseHooks(api)).toEqualTypeOf(hooks)
})
