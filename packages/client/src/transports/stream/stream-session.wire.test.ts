// Scripted: the HTTP requests of a session.
import { describe, expect, onTestFinished, test } from 'vitest'
import { type Client, createClient } from '../../client.js'
import { createFakeClock } from '../../testing/fake-clock.js'
import { type HttpPeer, type Keeping, online, openRelay } from '../../testing/http-relay.js'
import { stream } from './stream.js'

/** A client with real timers. */
async function inRealTime(keeping: Keeping): Promise<{ client: Client; relay: HttpPeer }> {
  const relay = await openRelay(keeping)
  const client = createClient({ ...relay.settings, transport: stream })
  onTestFinished(async () => {
    client.close()
    await relay.close()
  })
  return { client, relay }
}

describe('a session over HTTP', () => {
  test('resumes after an interrupted stream, at the relay that has it', async () => {
    const { client, relay, errors } = await online({ resumeBytes: 4000 })
    await client.publish('a')
    relay.cut()
    expect(await client.publish('b')).toBe('confirmed')
    expect(relay.connects).toMatchObject([
      { url: '/stream', frame: { session: undefined } },
      { url: '/stream?relay=r', frame: { session: 's', received: 1 } },
    ])
    expect(relay.posts.map(({ from }) => from)).toEqual(['1', '2'])
    expect(await relay.published()).toEqual(['a', 'b'])
    expect(relay.ended).toEqual([])
    expect(errors).toEqual([])
  })

  test('delivers frames once if the relay has them but the POST got no answer', async () => {
    const { client, relay } = await online({ resumeBytes: 4000 })
    relay.refusals.push(['hang up late'], ['hang up'], [502], ['hang up late'])
    expect(await client.publish('a')).toBe('confirmed')
    expect(await client.publish('b')).toBe('confirmed')
    expect(await relay.published()).toEqual(['a', 'b'])
  })

  test('delivers frames whose POSTs failed over the next connection', async () => {
    const { client, relay } = await online({ resumeBytes: 4000 })
    relay.refusals.push([502], ['hang up'], [502], ['hang up'])
    expect(await Promise.all([client.publish('a'), client.publish('b')])).toEqual(['confirmed', 'confirmed'])
    expect(relay.connects).toMatchObject([{}, { frame: { session: 's', received: 0 } }])
    expect(await relay.published()).toEqual(['a', 'b'])
  })

  test('is ended when the client closes, after its last frames', async () => {
    const { client, relay } = await inRealTime({ resumeBytes: 4000 })
    await client.publish('first')
    const outcome = client.publish('last')
    client.close()
    expect(await outcome).toBe('unknown')
    await expect.poll(() => relay.ended).toEqual(['Session s'])
    expect(await relay.published()).toEqual(['first', 'last'])
  })

  test('is ended once when the client closes without waiting frames', async () => {
    const { client, relay } = await inRealTime({ resumeBytes: 4000 })
    await expect.poll(() => client.status.state).toBe('online')
    client.close()
    client.close()
    await expect.poll(() => relay.ended).toEqual(['Session s'])
  })

  test('is not deleted at a relay that keeps nothing: it ends with its stream', async () => {
    const { client, relay } = await inRealTime({ resumeBytes: 0 })
    await client.publish('a')
    client.close()
    await relay.published() // the stream has ended
    await fetch(`${relay.settings.url}/stream`, { method: 'HEAD' })
    expect(relay.ended).toEqual([])
  })

  test('is given up after 3 s if the relay does not answer, without a timer or request left', async () => {
    const relay = await openRelay({ resumeBytes: 4000, hangs: true })
    onTestFinished(() => relay.close())
    const clock = createFakeClock()
    const client = createClient({ ...relay.settings, transport: stream, clock })
    await expect.poll(() => client.status.state).toBe('online')
    client.close()
    await expect.poll(() => relay.ended).toEqual(['Session s'])
    await clock.advance(2999)
    expect(clock.timers).toBe(1)
    await clock.advance(1)
    expect(clock.timers).toBe(0)
    await expect.poll(() => relay.requests).toBe(0)
  })
})
