import type { Message } from '@wildcast/client'
import { expectTypeOf, test } from 'vitest'
import { useHistory } from './use-history.js'

test('useHistory has the types of the data and of the wildcards', () => {
  expectTypeOf(useHistory<{ text: string }>('room.42.msg').items[0]).toExtend<Message<{ text: string }> | undefined>()
  expectTypeOf(useHistory('room.*.msg').items[0]?.params).toEqualTypeOf<readonly [string] | undefined>()
  expectTypeOf(useHistory(null).loadMore).returns.toEqualTypeOf<Promise<void>>()
  // @ts-expect-error: a number is expected
  useHistory('a', { limit: '3' })
})
