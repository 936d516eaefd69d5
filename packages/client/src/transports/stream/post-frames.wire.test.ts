// Scripted: a proxy that refuses HTTP requests.
import { jsonCodec } from '@wildcast/protocol'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createFakeClock } from '../../testing/fake-clock.js'
import { type HttpPeer, online, openRelay } from '../../testing/http-relay.js'
import { stream } from './stream.js'

describe('frames that a proxy refuses', () => {
  test.each<[number | 'hang up']>([[502], [503], [504], [429], ['hang up']])(
    'with %s are sent again unchanged, and nothing is lost',
    async (status) => {
      const { client, relay, errors } = await online()
      relay.refusals.push([status, '<html>'], [status, '<html>'])
      expect(await client.publish('a', 1)).toBe('confirmed')
      expect(await client.publish('b', 2)).toBe('confirmed')
      const [first, second, third, last] = relay.posts
      expect(first).toMatchObject({ from: '1', body: expect.stringContaining('"subject":"a"') })
      expect(second).toEqual(first)
      expect(third).toEqual(first)
      expect(last).toMatchObject({ from: '2', body: expect.stringContaining('"subject":"b"') })
      expect(errors).toEqual([])
    },
  )
  test.each<[number, string]>([
    [400, 'invalid_frame: "Wildcast-From" must be 1'],
    [403, 'forbidden'],
    [404, 'not found'],
    [500, 'internal'],
    [200, '<html>a page that a proxy made</html>'],
    [503, 'interrupted: there is no such session; begin again'],
  ])('with %i and "%s" end the connection, and their outcome is unknown', async (status, text) => {
    const { client, relay } = await online()
    relay.refusals.push([status, text])
    expect(await client.publish('a', 1)).toBe('unknown')
    expect(relay.posts).toHaveLength(1)
    expect(await client.publish('b', 2)).toBe('confirmed') // over a new connection
  })
  test('for too long end the connection', async () => {
    const { client, relay } = await online()
    relay.refusals.push([502], [502], [502], [502])
    expect(await client.publish('a', 1)).toBe('unknown')
    expect(relay.posts.map(({ from }) => from)).toEqual(['1', '1', '1', '1'])
    expect(await client.publish('b', 2)).toBe('confirmed')
  })
})

describe('a POST that waits for its retry', () => {
  /** A transport after Welcome, whose first POST a proxy has refused. */
  async function refused(refusals: HttpPeer['refusals']) {
    const relay = await openRelay()
    onTestFinished(() => relay.close())
    const clock = createFakeClock()
    const events: string[] = []
    const transport = stream(
      {
        open: () => transport.send({ kind: 'Connect' }),
        frame: ({ kind }) => events.push(kind),
        fault: ({ message }) => events.push(message),
        close: ({ code }) => events.push(`close ${code}`),
      },
      { ...relay.settings, codec: jsonCodec, clock },
    )
    await expect.poll(() => events).toEqual(['Welcome'])
    relay.refusals.push(...refusals)
    transport.send({ kind: 'Subscribe', ref: 1, subject: 'good.*' }, 1)
    await expect.poll(() => clock.timers).toBe(1)
    return { relay, clock, transport, events }
  }

  test('is given up when the relay ends the connection, and leaves no timer', async () => {
    const { relay, clock, events } = await refused([[502]])
    relay.hangUp(4501, 'who are you?')
    await expect.poll(() => events).toContain('close 4501')
    expect(clock.timers).toBe(0)
    expect(relay.posts).toHaveLength(1)
  })

  test('is given up 3 s after a close, and leaves no timer', async () => {
    const { relay, clock, transport } = await refused([[502], [502], [502]])
    transport.close()
    await clock.advance(200)
    await expect.poll(() => clock.timers).toBe(2)
    await clock.advance(1_000)
    await expect.poll(() => clock.timers).toBe(2)
    expect(relay.posts).toHaveLength(3)
    await clock.advance(1_800)
    expect(clock.timers).toBe(0)
    await clock.advance(60_000)
    expect(relay.posts).toHaveLength(3)
  })
})
