import { expect, it } from 'vitest'
import { Addresses } from './addresses.js'

it('the addresses of unanswered requests are limited, and the oldest are dropped', () => {
  const addresses = new Addresses()
  for (let i = 0; i <= 10_000; i++) addresses.set(`_answer.${i}`, { topic: `t/${i}`, correlationData: undefined })
  expect(addresses.get('_answer.0')).toBeUndefined()
  expect(addresses.get('_answer.1')?.topic).toBe('t/1')
  addresses.delete('_answer.1')
  expect(addresses.get('_answer.1')).toBeUndefined()
})
