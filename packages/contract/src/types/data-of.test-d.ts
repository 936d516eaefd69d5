import { expectTypeOf, test } from 'vitest'
import type { Contract } from '../contract.js'
import { defineContract, mergeContracts } from '../define-contract.js'
import type { ContractKind } from '../definition.js'
import type { Api, Chat, Good, Who } from '../testing/typed-client.js'
import { type } from '../type.js'
import type { DataOf, InputOf } from './data-of.js'

type Message<Text extends string> = DataOf<Api, 'message', Text>
type Received<Text extends string> = DataOf<Api, 'message' | 'value', Text>

test('a subject has the data of the entry that matches it', () => {
  expectTypeOf<Message<'good.apple'>>().toEqualTypeOf<Good>()
  expectTypeOf<Message<'good.pear'>>().toEqualTypeOf<Good>()
  expectTypeOf<Message<'room.42.msg'>>().toEqualTypeOf<Chat>()
  expectTypeOf<Message<'log.app'>>().toEqualTypeOf<Error>()
  expectTypeOf<Message<'log.app.web.1'>>().toEqualTypeOf<Error>()
  expectTypeOf<DataOf<Api, 'presence', 'a.b.here'>>().toEqualTypeOf<null>()
  expectTypeOf<DataOf<Api, 'presence', 'room.42'>>().toEqualTypeOf<Who>()
  expectTypeOf<DataOf<Api, 'request', 'math.sum'>>().toEqualTypeOf<readonly [number, number]>()
  expectTypeOf<DataOf<Api, 'reply', 'math.sum'>>().toEqualTypeOf<number>()
  expectTypeOf<DataOf<Api, 'value', 'price'>>().toEqualTypeOf<bigint>()
  expectTypeOf<DataOf<Api, 'value', 'price.apple.red'>>().toEqualTypeOf<bigint>()
})

test('a subject without an entry of the kind has none', () => {
  expectTypeOf<Message<'good'>>().toBeNever()
  expectTypeOf<Message<'good.apple.red'>>().toBeNever()
  expectTypeOf<Message<'room.42'>>().toBeNever()
  expectTypeOf<Message<'log'>>().toBeNever()
  expectTypeOf<Message<'price.apple'>>().toBeNever()
  expectTypeOf<DataOf<Api, 'value', 'good.apple'>>().toBeNever()
  expectTypeOf<DataOf<Api, 'value', 'prices'>>().toBeNever()
})

test('no leading wildcard matches a reserved subject', () => {
  expectTypeOf<DataOf<Api, 'presence', '$sys.b.here'>>().toBeNever()
  expectTypeOf<DataOf<Api, 'presence', '_sys.b.here'>>().toBeNever()
  expectTypeOf<DataOf<Api, 'presence', '$sys.*.here'>>().toBeNever()
})

test('a pattern has the union of all entries that it can match', () => {
  expectTypeOf<Message<'good.*'>>().toEqualTypeOf<Good>()
  expectTypeOf<Message<'*.apple'>>().toEqualTypeOf<Good | Error>()
  expectTypeOf<Message<'*.*'>>().toEqualTypeOf<Good | Error>()
  expectTypeOf<Message<'*.*.*'>>().toEqualTypeOf<Chat | Error>()
  expectTypeOf<Message<'room.*.msg'>>().toEqualTypeOf<Chat>()
  expectTypeOf<Message<'room.{id}.msg'>>().toEqualTypeOf<Chat>()
  expectTypeOf<Message<'room.{room}.msg'>>().toEqualTypeOf<Chat>()
  expectTypeOf<Message<'room.>'>>().toEqualTypeOf<Chat>()
  expectTypeOf<Message<'room.**'>>().toEqualTypeOf<Chat>()
  expectTypeOf<Message<'room.#'>>().toEqualTypeOf<Chat>()
  expectTypeOf<Message<'**.msg'>>().toEqualTypeOf<Good | Chat | Error>()
  expectTypeOf<Message<'**'>>().toEqualTypeOf<Good | Chat | Error>()
  expectTypeOf<Message<'>'>>().toEqualTypeOf<Good | Chat | Error>()
  expectTypeOf<Message<'*'>>().toBeNever()
  expectTypeOf<Message<'price.**'>>().toBeNever()
  expectTypeOf<Message<'price.apple.**'>>().toBeNever()
  expectTypeOf<Message<'log.**.x.**'>>().toEqualTypeOf<Error>()
})

test('a pattern with a rest between literals has the entries whose ends fit', () => {
  expectTypeOf<Message<'room.**.msg'>>().toEqualTypeOf<Chat>()
  expectTypeOf<Message<'good.**.apple'>>().toEqualTypeOf<Good>()
  expectTypeOf<Message<'good.**.red.apple'>>().toBeNever()
  expectTypeOf<Message<'log.**'>>().toEqualTypeOf<Error>()
})

test('a subscription receives messages and values', () => {
  expectTypeOf<Received<'price.*'>>().toEqualTypeOf<bigint>()
  expectTypeOf<Received<'price'>>().toEqualTypeOf<bigint>()
  expectTypeOf<Received<'*.apple'>>().toEqualTypeOf<Good | Error | bigint>()
  expectTypeOf<Received<'**'>>().toEqualTypeOf<Good | Chat | Error | bigint>()
})

test('each unknown text of a template counts as one segment, and has the entry that surely matches', () => {
  expectTypeOf<Message<`room.${string}.msg`>>().toEqualTypeOf<Chat>()
  expectTypeOf<Message<`room.${number}.msg`>>().toEqualTypeOf<Chat>()
  expectTypeOf<Message<`room.r${string}.msg`>>().toEqualTypeOf<Chat>()
  expectTypeOf<Message<`good.${string}`>>().toEqualTypeOf<Good>()
  expectTypeOf<Message<`log.${string}.${string}`>>().toEqualTypeOf<Error>()
  expectTypeOf<DataOf<Api, 'presence', `${string}.x.here`>>().toEqualTypeOf<null>()
  expectTypeOf<Message<`${string}.apple`>>().toBeNever()
  expectTypeOf<Message<`room.${string}`>>().toBeNever()
  expectTypeOf<DataOf<Api, 'presence', `room.${string}`>>().toEqualTypeOf<Who>()
  expectTypeOf<DataOf<Api, 'value', `price.${string}.${string}`>>().toEqualTypeOf<bigint>()
  expectTypeOf<Message<`room.${string}.*`>>().toEqualTypeOf<Chat>()
})

test('one of several subjects has the union as output, and input that fits all', () => {
  const split = defineContract({ a: { message: type<{ a: 1 }>() }, b: { message: type<{ b: 2 }>() } })
  expectTypeOf<DataOf<typeof split, 'message', 'a' | 'b'>>().toEqualTypeOf<{ a: 1 } | { b: 2 }>()
  expectTypeOf<InputOf<typeof split, 'message', 'a'>>().toEqualTypeOf<{ a: 1 }>()
  expectTypeOf<InputOf<typeof split, 'message', 'a' | 'b'>>().toEqualTypeOf<{ a: 1 } & { b: 2 }>()
})

test('a union of one schema stays a union as input', () => {
  const mixed = defineContract({ a: { message: type<1 | 'x' | undefined>() } })
  expectTypeOf<InputOf<typeof mixed, 'message', 'a'>>().toEqualTypeOf<1 | 'x' | undefined>()
})

test('a prefix stands before all keys', () => {
  const hello = defineContract({ '': { message: type<1>() }, 'a.*': { message: type<2>() } }, { prefix: 'hello.x' })
  expectTypeOf<DataOf<typeof hello, 'message', 'hello.x'>>().toEqualTypeOf<1>()
  expectTypeOf<DataOf<typeof hello, 'message', 'hello.x.a.b'>>().toEqualTypeOf<2>()
  expectTypeOf<DataOf<typeof hello, 'message', 'a.b'>>().toBeNever()
  expectTypeOf<DataOf<typeof hello, 'message', 'hello.>'>>().toEqualTypeOf<1 | 2>()
})

test('a merged contract has the entries of all', () => {
  const one = defineContract({ 'a.*': { message: type<1>() } })
  const two = defineContract({ b: { message: type<2>() } }, { prefix: 'x' })
  const all = mergeContracts(one, two, defineContract({ c: { value: type<3>() } }))
  expectTypeOf<DataOf<typeof all, 'message', '**'>>().toEqualTypeOf<1 | 2>()
  expectTypeOf<DataOf<typeof all, 'message', 'x.b'>>().toEqualTypeOf<2>()
  expectTypeOf<DataOf<typeof all, 'value', 'c'>>().toEqualTypeOf<3>()
})

test('the data of a contract without known entries is unknown', () => {
  expectTypeOf<DataOf<Contract, 'message', 'a.b'>>().toBeUnknown()
  expectTypeOf<InputOf<Contract, 'message', 'a.b'>>().toBeUnknown()
})

test('every contract is a Contract', () => {
  expectTypeOf<Api>().toExtend<Contract>()
  expectTypeOf<Api['entries'][number]['message']>().toEqualTypeOf<Contract['entries'][number]['message']>()
  expectTypeOf<ContractKind>().toEqualTypeOf<'message' | 'value' | 'request' | 'reply' | 'presence'>()
})

test('deep subjects are within the depth of the compiler', () => {
  type Ten = 'a.a.a.a.a.a.a.a.a.a'
  type Forty = `${Ten}.${Ten}.${Ten}.${Ten}`
  expectTypeOf<Message<`log.${Forty}`>>().toEqualTypeOf<Error>()
  expectTypeOf<Message<`**.${Forty}.**`>>().toEqualTypeOf<Error>()
})
