import { type } from 'arktype'
import { testLibrary } from './library.contract.js'

const fruit = type({ name: 'string', price: 'number' })

testLibrary('arktype', {
  fruit,
  basket: type({ items: fruit.array() }),
  length: type('string').pipe((text) => text.length),
  unit: type({ unit: 'string = "kg"' }),
  union: type({ kind: '"a"', n: 'number' }).or({ kind: '"b"', s: 'string' }),
  async: type('string').pipe(async (text) => text),
  throwing: type('string').narrow(() => {
    throw new Error('broken')
  }),
})
