import * as z from 'zod'
import { testLibrary } from './library.contract.js'

const fruit = z.object({ name: z.string(), price: z.number() })

testLibrary('zod', {
  fruit,
  basket: z.object({ items: z.array(fruit) }),
  length: z.string().transform((text) => text.length),
  unit: z.object({ unit: z.string().default('kg') }),
  union: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('a'), n: z.number() }),
    z.object({ kind: z.literal('b'), s: z.string() }),
  ]),
  async: z.string().refine(async () => true),
  throwing: z.string().refine(() => {
    throw new Error('broken')
  }),
})
