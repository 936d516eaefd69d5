// @vitest-environment node
import { expect, it, onTestFinished } from 'vitest'
import { createTestRelay } from '../create-test-relay.js'
import { renderWithRelay } from './render-with-relay.js'

it('renderWithRelay names the remedy without a document', async () => {
  const relay = await createTestRelay()
  onTestFinished(() => relay.close())
  await expect(renderWithRelay('text', { relay })).rejects.toThrow(
    'there is no document: install jsdom, and begin the test with // @vitest-environment jsdom',
  )
})
