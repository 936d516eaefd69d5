import type { Message } from '@wildcast/client'
import { expectTypeOf, test } from 'vitest'
import { useRequest } from './index.js'

test('question and answer have the type arguments', () => {
  const sum = useRequest<number[], number>('math.sum', {
    onPart: ({ data }) => expectTypeOf(data).toEqualTypeOf<number>(),
  })
  expectTypeOf(sum.call([1, 2])).toEqualTypeOf<Promise<Message<number>>>()
  expectTypeOf(sum.data).toEqualTypeOf<number | undefined>()
  // @ts-expect-error the question is a list of numbers
  void sum.call(['1'])
  // @ts-expect-error the question is missing
  void sum.call()
})

test('without type arguments question and answer may be of any type', () => {
  const sum = useRequest('math.sum')
  void sum.call()
  expectTypeOf(sum.call([1, 2])).toEqualTypeOf<Promise<Message>>()
  expectTypeOf(sum.data).toBeUnknown()
})

test('a question that may be undefined may be left out', () => {
  void useRequest<string | undefined>('time.now').call()
  void useRequest<void>('time.now').call()
})
