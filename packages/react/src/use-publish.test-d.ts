import { expectTypeOf, test } from 'vitest'
import { type Send, usePublish, useSubscription } from './index.js'

interface Price {
  readonly price: number
}

test('a pattern takes a param for each "*", a subject takes no params', () => {
  const toSubject = usePublish('good.apple')
  const toPattern = usePublish('room.*.msg.*')
  expectTypeOf(toSubject).parameter(0).toEqualTypeOf<unknown>()
  expectTypeOf(toPattern).parameter(0).toEqualTypeOf<readonly [string, string]>()
  toPattern(['42', 'new'], { text: 'hi' })
  // @ts-expect-error one param is missing
  toPattern(['42'], { text: 'hi' })
  // @ts-expect-error the params are missing
  toPattern({ text: 'hi' })
})

test('a subject takes no params', () => {
  const send = usePublish('good.apple')
  send({ text: 'hi' }, { broker: 'orders' })
  send({ text: 'hi' }, { key: true })
  // @ts-expect-error it has no "*"
  send(['42'], { text: 'hi' }, { broker: 'orders' })
  // @ts-expect-error not even an empty list
  send([], { text: 'hi' }, { broker: 'orders' })
  // @ts-expect-error the data would be the options
  send(['42'], { text: 'hi' })
})

test('only "*" takes a param: a publish leaves other wildcards in the subject', () => {
  const wide = usePublish<Price, 'room.**'>('room.**')
  expectTypeOf(wide).toEqualTypeOf<Send<'good.apple', Price>>()
  expectTypeOf<Send<'room.#'>>().toEqualTypeOf<Send<'good.apple'>>()
  expectTypeOf<Send<'room.>'>>().toEqualTypeOf<Send<'good.apple'>>()
  expectTypeOf<Send<'room.**.*.>'>>().toEqualTypeOf<Send<'room.*'>>()
  wide({ price: 3 }, { wildcard: true })
  // @ts-expect-error "**" takes no param
  wide(['42'], { price: 3 })
})

test('the longest pattern is within the depth of the compiler', () => {
  type Ten = '*.*.*.*.*.*.*.*.*.*'
  type Fifty = `${Ten}.${Ten}.${Ten}.${Ten}.${Ten}`
  type All = `${Fifty}.${Fifty}.${Fifty}.${Fifty}.${Fifty}.a.b.c.d.e.f`
  expectTypeOf<Parameters<Send<All>>[0]['length']>().toEqualTypeOf<250>()
})

test('data of a given type is checked', () => {
  const send = usePublish<Price>('good.apple')
  const sendTo = usePublish<Price, 'room.*'>('room.*')
  send({ price: 3 })
  sendTo(['42'], { price: 3 }, { broker: 'orders' })
  // @ts-expect-error no price
  send({ prize: 3 })
  // @ts-expect-error the price is missing
  send()
  // @ts-expect-error the params are missing
  sendTo({ price: 3 })
})

test('a pattern that the compiler does not know takes both forms', () => {
  const room: string = '42'
  const sends = [usePublish(room), usePublish(`room.${room}`), usePublish(`room.${room}.*`)]
  for (const send of sends) {
    send({ text: 'hi' })
    send(['new'], { text: 'hi' }, { broker: 'orders' })
  }
})

test('an unknown option does not compile', () => {
  // @ts-expect-error there is no such option
  useSubscription('good.*', { kep: 5 })
})
