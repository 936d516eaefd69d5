import { describe, expect, test } from 'vitest'
import { everything } from '../testing/everything.js'
import { loseSession, type Tested, tested } from '../testing/tested.js'
import { values } from '../values/values.js'
import { type Lock, lock } from './lock.js'

/** Takes a lock, and records why it is lost. */
async function take({ client }: Tested): Promise<Lock & { readonly reasons: string[] }> {
  const held = await lock(client, 'doc.42')
  const reasons: string[] = []
  held.lost.addEventListener('abort', () => reasons.push(held.lost.reason.message))
  return { ...held, reasons }
}

/** The value that another client sees. */
const stored = async ({ relay }: Tested): Promise<unknown> => {
  const found = await values(relay.createClient()).get('doc.42')
  return found && [found.data, found.revision]
}

const replaced = 'the value of "doc.42" was deleted or replaced'

describe('lock', () => {
  test('writes the subject if it has no value, with a will that deletes it', async () => {
    const one = await tested()
    const { token, lost } = await lock(one.client, 'doc.42', { data: { name: 'ada' } })
    expect(await stored(one)).toEqual([{ name: 'ada' }, token])
    expect(lost.aborted).toBe(false)
    expect(one.relay.frames('Publish')).toMatchObject([
      { subject: 'doc.42', message: '{"name":"ada"}', retain: true, when: null, watch: true, will: null },
    ])
    one.relay.cut({ client: one.client, forMs: 30_000 })
    await one.clock.advance(15_000)
    expect(await stored(one)).toBeUndefined()
  })
  test('waits for the holder, and gets a greater token', async () => {
    const { client, relay } = await tested()
    const first = await lock(client, 'doc.42')
    let isHeld = false
    const second = lock(client, 'doc.42').finally(() => {
      isHeld = true
    })
    await relay.settled()
    expect(isHeld).toBe(false)
    await first.release()
    expect((await second).token > first.token).toBe(true)
  })
  test('does not wait with a timeout of 0', async () => {
    const { client } = await tested()
    await lock(client, 'doc.42')
    await expect(lock(client, 'doc.42', { timeoutMs: 0 })).rejects.toMatchObject({ code: 'condition_failed' })
  })
  test('ends its wait after the time, and when the signal aborts', async () => {
    const one = await tested()
    const { client, relay, clock } = one
    const { release } = await lock(client, 'doc.42')
    const controller = new AbortController()
    const late = expect(lock(client, 'doc.42', { timeoutMs: 500 })).rejects.toMatchObject({ code: 'timeout' })
    const aborted = expect(lock(client, 'doc.42', { signal: controller.signal })).rejects.toThrow('enough')
    await clock.advance(1500)
    controller.abort(new Error('enough'))
    await Promise.all([late, aborted])
    await relay.settled()
    await release()
    expect(await stored(one)).toBeUndefined() // neither waits now
  })
  test('refuses empty data and a pattern', async () => {
    const { client } = await tested()
    await expect(lock(client, 'doc.42', { data: '' })).rejects.toThrow(TypeError)
    await expect(lock(client, 'doc.*')).rejects.toMatchObject({
      code: 'invalid_subject',
      message: `"doc.*" isn't a subject: no wildcards, words joined by "."`,
    })
  })
})

describe('a lock that is held', () => {
  test('is kept while the relay answers', async () => {
    const { client, relay, clock } = await tested()
    const { lost } = await lock(client, 'doc.42')
    await clock.advance(60_000)
    expect(lost.aborted).toBe(false)
    expect(relay.frames('CanI').length).toBeGreaterThan(15)
  })
  test('is released once, on the condition that it is still the same', async () => {
    const one = await tested()
    const { client, relay, clock } = one
    const { token, release, lost } = await lock(client, 'doc.42')
    await Promise.all([release(), release()])
    expect(await stored(one)).toBeUndefined()
    expect(relay.frames('Publish').slice(1)).toMatchObject([{ message: '', when_revision: token }])
    const asked = relay.frames('CanI').length
    await clock.advance(60_000)
    expect(relay.frames('CanI')).toHaveLength(asked)
    expect(lost.aborted).toBe(false)
  })
  test('is lost two thirds of the will after the last frame that was sent and confirmed', async () => {
    const { client, relay, clock } = await tested()
    const { lost } = await lock(client, 'doc.42')
    relay.slow(client)
    await clock.advance(6_600)
    expect(lost.aborted).toBe(false)
    await clock.advance(100)
    expect(lost.aborted).toBe(true)
  })
  test('is given back if the relay answers again after it was lost', async () => {
    const one = await tested()
    const { lost } = await lock(one.client, 'doc.42')
    const release = one.relay.slow(one.client)
    await one.clock.advance(7_000)
    expect(lost.aborted).toBe(true)
    release()
    await one.relay.settled()
    expect(await stored(one)).toBeUndefined()
  })
  test.each([undefined, { name: 'bob' }])('is lost when another client makes its value %o', async (data) => {
    const one = await tested()
    const { reasons, lost, release } = await take(one)
    const other = values(one.relay.createClient())
    await other.set('doc.43', 'x')
    await one.relay.settled()
    expect(lost.aborted).toBe(false)
    await (data ? other.set('doc.42', data) : other.delete('doc.42'))
    await one.relay.settled()
    expect(reasons).toEqual([replaced])
    const asked = one.relay.frames('CanI').length
    await release() // does nothing
    await one.clock.advance(60_000)
    expect(reasons).toHaveLength(1)
    expect((await other.get('doc.42'))?.data).toEqual(data)
    expect(one.relay.frames('CanI')).toHaveLength(asked)
  })
  test('is lost when its value is missing after a gap, and kept when it is there', async () => {
    const one = await tested()
    const { reasons } = await take(one)
    await one.relay.settled()
    one.relay.brokerDown()
    one.relay.brokerUp()
    await one.relay.settled()
    expect(reasons).toEqual([])
    one.relay.brokerDown()
    await one.relay.publish('doc.42', 'of another program', { retain: true })
    expect(reasons).toEqual([])
    one.relay.brokerUp()
    await one.relay.settled()
    expect(reasons).toEqual([replaced])
  })
  test('is kept by a client that may not subscribe', async () => {
    const one = await tested()
    one.relay.refuse('subscribe', 'doc.42')
    const { reasons } = await take(one)
    await one.clock.advance(20_000)
    expect(reasons).toEqual([])
    expect(one.errors).toEqual([])
  })
  test('is lost with the session, and with the client', async () => {
    const one = await tested()
    const first = await take(one)
    await loseSession(one)
    expect(first.reasons).toHaveLength(1)
    const taken = take(one)
    await one.clock.advance(20_000) // the will of the first one
    const second = await taken
    one.client.close()
    expect(second.reasons).toEqual(['the client was closed'])
    await second.release()
  })
  test('survives a resume of the session', async () => {
    const one = await tested()
    const { reasons, token } = await take(one)
    one.relay.cut({ client: one.client })
    await one.clock.advance(5000)
    expect(one.client.status.state).toBe('online')
    expect(reasons).toEqual([])
    expect(await stored(one)).toMatchObject({ 1: token })
    await values(one.relay.createClient()).delete('doc.42')
    await one.relay.settled()
    expect(reasons).toHaveLength(1)
  })
  test('of a user shows the others who holds it', async () => {
    const { client, relay } = await tested({ auth: everything, client: { token: 'ada' } })
    await lock(client, 'doc.42', { data: 'writes' })
    expect(await values(relay.createClient()).get('doc.42')).toMatchObject({ user: 'ada', data: 'writes' })
  })
})

test('a publish that is limited by its rate keeps the order of later ones, also with a will', async () => {
  const { client, relay, clock } = await tested({ limits: { publishes: 1 } })
  const first = client.publish('first', 1)
  const held = lock(client, 'doc.42')
  const last = client.publish('last', 1)
  await clock.advance(5000)
  await held
  expect(await Promise.all([first, last])).toEqual(['confirmed', 'confirmed'])
  expect(relay.published().map(({ subject }) => subject)).toEqual(['first', 'doc.42', 'last'])
  expect(relay.frames('Publish').length).toBeGreaterThan(3)
})
