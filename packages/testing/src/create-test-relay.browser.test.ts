import { expect, it } from 'vitest'
import { createTestRelay } from './create-test-relay.js'

it('a test relay runs in a browser, without a socket, and changes no global', async () => {
  const before = Object.keys(globalThis)
  const relay = await createTestRelay({ history: [{ subjects: 'good.*', messages: 10 }] })
  const client = relay.createClient()
  const log: unknown[] = []
  client.subscribe('good.*', ({ data }) => log.push(data), { onGap: () => log.push('gap') })
  await client.publish('good.apple', 1)
  relay.cut({ forMs: 90_000 })
  await relay.publish('good.apple', 2)
  await relay.clock.advance(120_000)
  expect(log).toEqual([1, 2])
  await relay.close()
  expect(performance.getEntriesByType('resource').filter(({ name }) => name.startsWith('ws'))).toEqual([])
  expect(Object.keys(globalThis)).toEqual(before)
})
