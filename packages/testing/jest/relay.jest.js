import { expect, jest, test } from '@jest/globals'
import { createTestRelay } from '@wildcast/testing'

test('a test relay carries messages in Jest', async () => {
  const relay = await createTestRelay()
  const client = relay.createClient()
  const log = []
  client.subscribe('good.*', ({ data }) => log.push(data))
  await client.publish('good.apple', { price: 3 })
  relay.cut()
  await relay.publish('good.apple', { price: 4 })
  await relay.clock.advance(5000)
  expect(log).toEqual([{ price: 3 }, { price: 4 }])
  await relay.close()
})

test('it does so under the fake timers of Jest', async () => {
  jest.useFakeTimers({ doNotFake: ['queueMicrotask'] })
  const relay = await createTestRelay()
  const client = relay.createClient()
  expect(await client.publish('good.apple', 1)).toBe('confirmed')
  expect(relay.published()).toHaveLength(1)
  await relay.close()
  jest.useRealTimers()
})
