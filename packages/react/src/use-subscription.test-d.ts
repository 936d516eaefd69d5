import type { Message } from '@wildcast/client'
import { expectTypeOf, test } from 'vitest'
import { type Params, type SubscriptionFeed, useSubscription } from './index.js'

interface Price {
  readonly price: number
}
declare const maybe: 'room.*.msg' | null
declare const room: string

test('params have the number of wildcards of the pattern', () => {
  const { items, last } = useSubscription('room.*.msg', { keep: 20 })
  expectTypeOf(items).toEqualTypeOf<readonly Message<unknown, readonly [string]>[]>()
  expectTypeOf(last?.data).toBeUnknown()
  // @ts-expect-error there is one wildcard
  void last?.params[1]
  expectTypeOf(useSubscription(maybe)).toEqualTypeOf<SubscriptionFeed<unknown, readonly [string]>>()
  expectTypeOf(useSubscription(null)).toEqualTypeOf<SubscriptionFeed>()
  expectTypeOf(useSubscription(room)).toEqualTypeOf<SubscriptionFeed>()
  expectTypeOf(useSubscription(`room.${room}`)).toEqualTypeOf<SubscriptionFeed>()
})

test('data has the type argument', () => {
  const { items, last } = useSubscription<Price>('good.*', {
    onEvent: ({ data }) => expectTypeOf(data).toEqualTypeOf<Price>(),
  })
  expectTypeOf(items[0]?.data).toEqualTypeOf<Price | undefined>()
  // @ts-expect-error a price has no name
  void last?.data.name
  expectTypeOf(useSubscription<Price, 'good.*'>('good.*')).toEqualTypeOf<SubscriptionFeed<Price, readonly [string]>>()
})

test('onEvent may set the type, may be async, and is checked against the pattern', () => {
  const feed = useSubscription('good.*', { onEvent: async (message: Message<Price>) => message.data.price })
  expectTypeOf(feed).toEqualTypeOf<SubscriptionFeed<Price, readonly [string]>>()
  // @ts-expect-error the pattern has one wildcard
  useSubscription('good.*', { onEvent: (message: Message<Price, Params<'a.*.*'>>) => message.params })
})

test('a function for any feed accepts a feed of a certain type', () => {
  const show = (feed: SubscriptionFeed): number => feed.items.length
  show(useSubscription<Price>('good.*'))
  show(useSubscription('good.*'))
})

test('select decides what the hook returns', () => {
  expectTypeOf(useSubscription('good.*', { select: ({ items }) => items.length })).toEqualTypeOf<number>()
  expectTypeOf(
    useSubscription('good.*', { select: ({ last }: SubscriptionFeed<Price>) => last?.data.price }),
  ).toEqualTypeOf<number | undefined>()
  // @ts-expect-error: isEqual compares what select returns
  useSubscription('good.*', { select: () => 1, isEqual: (a: string, b: string) => a === b })
})
