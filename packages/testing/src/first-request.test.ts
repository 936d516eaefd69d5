import { expect, it, onTestFinished } from 'vitest'
import { createTestRelay } from './create-test-relay.js'

// In a file of its own: a client loads the code for answers only once.
it('the first request of all is answered when settled resolves, and no time passes meanwhile', async () => {
  const relay = await createTestRelay()
  onTestFinished(() => relay.close())
  const client = relay.createClient()
  client.serve('math.double', ({ data }) => Number(data) * 2)
  await relay.settled()
  const answers: unknown[] = []
  void client.request('math.double', 2).then(({ data }) => answers.push(data))
  await relay.settled()
  expect(answers).toEqual([4])
})
