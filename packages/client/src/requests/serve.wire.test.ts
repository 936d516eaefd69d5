// Scripted: a test relay has loaded the code that answers, and its broker has no other publishes.
import { expect, test, vi } from 'vitest'
import { connect } from '../testing/connect.js'
import { settle } from '../testing/fake-clock.js'

test('the first requests wait for the code that answers, and keep their order', async () => {
  const { client, relay } = await connect()
  const handled: string[] = []
  client.serve('a', (message) => handled.push(message.text()))
  await settle()
  for (const message of ['x', 'y']) {
    const asked = { kind: 'Message', id: 1, subject: 'a', message, broker: 'test' } as const
    relay.link.send({ ...asked, response_subject: `reply.${message}` })
  }
  await expect.poll(() => handled).toEqual(['x', 'y'])
})

test('a publish without a response subject is handled and not answered', async () => {
  const { client, relay } = await connect()
  const handler = vi.fn(() => 'answer')
  client.serve('a', handler)
  await settle()
  relay.link.send({ kind: 'Message', id: 1, subject: 'a', message: '', broker: 'test' })
  await expect.poll(() => handler.mock.calls.length).toBe(1)
  await settle()
  expect(relay.link.all('Publish')).toEqual([])
})
