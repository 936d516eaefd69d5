import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createTestRelay } from '@wildcast/testing'

test('a page whose connection is lost for a moment misses no greeting', async () => {
  const relay = await createTestRelay()
  const page = relay.createClient()
  /** @type {unknown[]} */
  const greetings = []
  page.subscribe('goodbye', ({ data }) => greetings.push(data))
  await relay.settled()

  relay.cut()
  await relay.publish('goodbye', { text: 'Hello, world: from the browser' })
  assert.deepEqual(greetings, [])
  await relay.clock.advance(5000) // the page has reconnected

  assert.deepEqual(greetings, [{ text: 'Hello, world: from the browser' }])
  await relay.close()
})
