import { expect, test } from 'vitest'
import type { Message } from '../messages/message.js'
import { tested } from '../testing/tested.js'

test.each([{ type: 'post' }, null, 0, 'x', [1]])('the filter %j is sent', async (filter) => {
  const { client, relay } = await tested({ brokers: ['main', 'b'] })
  client.subscribe('a', () => {}, { filter })
  client.broker('b').subscribe('a', { filter })
  await relay.settled()
  expect(relay.frames('Subscribe')).toMatchObject([
    { subject: 'a', filter },
    { subject: 'a', broker: 'b', filter },
  ])
})

test('subscriptions with equal filters share one on the wire, others have one each', async () => {
  const { client, relay } = await tested({ brokers: ['main', 'b'] })
  for (const filter of [{ a: 1 }, { a: 1 }, { a: 2 }, undefined, undefined]) client.subscribe('a', () => {}, { filter })
  await relay.settled()
  expect(relay.frames('Subscribe').map(({ filter }) => filter)).toEqual([{ a: 1 }, { a: 2 }, undefined])
})

test('a value that has left the filter is delivered to those who read values', async () => {
  const { client, relay } = await tested({ brokers: ['main', 'b'] })
  const [reader, other]: [Message[], Message[]] = [[], []]
  const filter = { a: 1 }
  client.subscribe('a', (message) => reader.push(message), { filter, retained: true })
  client.subscribe('a', (message) => other.push(message), { filter })
  await relay.settled()
  for (const data of [{ a: 1 }, { a: 2 }]) await relay.publish('a', data, { retain: true })
  const lefts = [reader, other].map((messages) => messages.map(({ left }) => left))
  expect(lefts).toEqual([[false, true], [false]])
})
