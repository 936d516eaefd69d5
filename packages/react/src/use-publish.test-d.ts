import { expectTypeOf, test } from 'vitest'
import { usePublish, useSubscription } from './index.js'

test('a pattern takes a param for each "*", a subject none', () => {
  const toSubject = usePublish('good.apple')
  const toPattern = usePublish('room.*.msg.*')
  expectTypeOf(toSubject).parameter(0).toEqualTypeOf<unknown>()
  expectTypeOf(toPattern).parameter(0).toEqualTypeOf<[segment: string, segment: string]>()
  toPattern(['42', 'new'], { text: 'hi' })
  // @ts-expect-error one param is missing
  toPattern(['42'], { text: 'hi' })
  // @ts-expect-error the params are missing
  toPattern({ text: 'hi' })
})

test('an unknown option does not compile', () => {
  // @ts-expect-error there is no such option
  useSubscription('good.*', { kep: 5 })
})
