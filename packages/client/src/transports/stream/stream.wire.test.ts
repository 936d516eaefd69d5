// Scripted: event streams over real HTTP.
import { expect, test } from 'vitest'
import { online, openRelay } from '../../testing/http-relay.js'
import { transportContract } from '../transport.contract.js'
import { stream } from './stream.js'
import { streamUrl } from './stream-url.js'

transportContract('stream', stream, openRelay)

test('the endpoint of frames keeps the query', () => {
  const url = streamUrl('wss://relay.test/wildcast/ws?broker=main', 'r', 'stream/frames')
  expect(url).toBe('https://relay.test/wildcast/stream/frames?broker=main&relay=r')
})

test.each([
  ['ws://relay.test', 'http://relay.test/stream'],
  ['https://relay.test/ws', 'https://relay.test/stream'],
  ['wss://relay.test/wildcast/ws?broker=main', 'https://relay.test/wildcast/stream?broker=main'],
])('the endpoint next to %s is %s', (url, endpoint) => expect(streamUrl(url)).toBe(endpoint))

test('a frame that cannot be encoded rejects alone, and the stream continues', async () => {
  const { client, relay } = await online()
  await client.publish('before')
  await expect(client.publish('a', 1, { broker: 1n as never })).rejects.toMatchObject({ code: 'invalid_frame' })
  expect(await client.publish('after')).toBe('confirmed')
  expect(relay.posts).toHaveLength(2)
})

test('an unreadable answer makes its publish unknown', async () => {
  const { client, relay, errors } = await online()
  await client.publish('before')
  const outcome = client.publish('unanswered')
  await expect.poll(() => relay.posts).toHaveLength(2)
  relay.send('{"Ack":{"ref":2}')
  expect(await outcome).toBe('unknown')
  expect(errors).toMatchObject([{ code: 'invalid_frame' }])
})
