import { expect, test } from 'vitest'
import { warmUp } from './warm-up.js'

const sockets = (): readonly string[] =>
  process.getActiveResourcesInfo().filter((kind) => /^TCP(?:Server|Socket)Wrap$/.test(kind))

// It would wait forever for subscribers that receive nothing.
test('carries messages to all its subscribers, and leaves nothing open', async () => {
  const before = sockets()
  await warmUp(() => false)
  await expect.poll(sockets).toEqual(before)
})

test('ends as soon as others have sent a message', async () => {
  let rounds = 0
  await warmUp(() => ++rounds > 3)
  expect(rounds).toBeLessThan(10)
})
