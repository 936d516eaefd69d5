import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createTestRelay } from '@wildcast/testing'
import { api } from '../contract.js'

test('a page whose connection is lost for a moment misses no greeting', async () => {
  const relay = await createTestRelay({ contract: api })
  const page = relay.createClient()
  /** @type {unknown[]} */
  const greetings = []
  page.subscribe('greeting.*', ({ data }) => greetings.push(data))
  await relay.settled()

  relay.cut()
  await relay.publish('greeting.world', { text: 'Hello, world: from the browser' })
  assert.deepEqual(greetings, [])
  await relay.clock.advance(5000) // the page has reconnected

  assert.deepEqual(greetings, [{ text: 'Hello, world: from the browser' }])
  await relay.close()
})

test('a greeting without a text is refused', async () => {
  const relay = await createTestRelay({ contract: api })
  const refusal = { code: 'invalid_payload', message: 'greeting.world: "text": Invalid type: Expected string' }
  await assert.rejects(relay.createClient().publish('greeting.world', { text: 1 }), refusal)
  await relay.close()
})
