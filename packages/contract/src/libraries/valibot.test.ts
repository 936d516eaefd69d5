import * as v from 'valibot'
import { testLibrary } from './library.contract.js'

const fruit = v.object({ name: v.string(), price: v.number() })

testLibrary('valibot', {
  fruit,
  basket: v.object({ items: v.array(fruit) }),
  length: v.pipe(
    v.string(),
    v.transform((text) => text.length),
  ),
  unit: v.object({ unit: v.optional(v.string(), 'kg') }),
  union: v.variant('kind', [
    v.object({ kind: v.literal('a'), n: v.number() }),
    v.object({ kind: v.literal('b'), s: v.string() }),
  ]),
  async: v.pipeAsync(
    v.string(),
    v.checkAsync(async () => true),
  ),
  throwing: v.pipe(
    v.string(),
    v.check(() => {
      throw new Error('broken')
    }),
  ),
})
