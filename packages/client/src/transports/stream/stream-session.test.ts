import { describe, expect, onTestFinished, test } from 'vitest'
import { createClient } from '../../client.js'
import { online, openRelay } from '../../testing/http-relay.js'
import { stream } from './stream.js'

describe('a session over HTTP', () => {
  test('goes on after its stream has broken off, at the relay that has it', async () => {
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

  test('brings frames once, though the relay has them and no POST was answered', async () => {
    const { client, relay } = await online({ resumeBytes: 4000 })
    relay.refusals.push(['hang up late'], ['hang up'], [502], ['hang up late'])
    expect(await client.publish('a')).toBe('confirmed')
    expect(await client.publish('b')).toBe('confirmed')
    expect(await relay.published()).toEqual(['a', 'b'])
  })

  test('brings frames that no POST has brought to the relay over the next connection', async () => {
    const { client, relay } = await online({ resumeBytes: 4000 })
    relay.refusals.push([502], ['hang up'], [502], ['hang up'])
    expect(await Promise.all([client.publish('a'), client.publish('b')])).toEqual(['confirmed', 'confirmed'])
    expect(relay.connects).toMatchObject([{}, { frame: { session: 's', received: 0 } }])
    expect(await relay.published()).toEqual(['a', 'b'])
  })

  test('is ended by a client that is closed, after its last frames', async () => {
    const relay = await openRelay({ resumeBytes: 4000 })
    onTestFinished(() => relay.close())
    const client = createClient({ ...relay.settings, transport: stream })
    await client.publish('first')
    const outcome = client.publish('last')
    client.close()
    expect(await outcome).toBe('unknown')
    await expect.poll(() => relay.ended).toEqual(['Session s'])
    expect(await relay.published()).toEqual(['first', 'last'])
  })

  test('is ended by a client that is closed with nothing to say', async () => {
    const { client, relay } = await online({ resumeBytes: 4000 })
    await client.publish('a')
    client.close()
    client.close()
    await expect.poll(() => relay.ended).toEqual(['Session s'])
  })
})
