import { expect, test } from 'vitest'
import { tested } from '../testing/tested.js'
import { type PolicyOptions, toPolicy } from './policy.js'

test.each<[PolicyOptions, unknown]>([
  [{}, undefined],
  [{ deliver: 'all' }, undefined],
  [{ deliver: undefined, maxRate: undefined }, undefined],
  [{ deliver: 'latest' }, { deliver: 'latest' }],
  [{ maxRate: 10 }, { max_rate: 10 }],
  [
    { deliver: 'all', maxRate: 10 },
    { deliver: 'all', max_rate: 10 },
  ],
])('%j means the policy %j', (options, policy) => {
  expect(toPolicy(options)).toEqual(policy)
})

test.each(['newest', '', null, 1])('deliver: %j throws a TypeError at the call', async (deliver) => {
  const { client, relay } = await tested()
  const options = { deliver } as PolicyOptions
  expect(() => client.subscribe('a', options)).toThrow(TypeError)
  expect(() => client.broker('b').subscribe('a', () => {}, options)).toThrow(/"all" or "latest"/)
  expect(relay.frames('Subscribe')).toEqual([])
})

test.each([0, -1, Number.NaN])('maxRate: %j throws a RangeError at the call', async (maxRate) => {
  const { client, relay } = await tested()
  expect(() => client.subscribe('a', () => {}, { maxRate })).toThrow(RangeError)
  expect(() => client.subscribe('a', { maxRate })).toThrow(/above 0/)
  expect(relay.frames('Subscribe')).toEqual([])
})
