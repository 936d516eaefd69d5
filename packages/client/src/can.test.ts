import { describe, expect, test, vi } from 'vitest'
import { loseSession, started, tested } from './testing/tested.js'

const tokens = { ada: { user: 'ada', publish: ['room.42'], subscribe: ['good.*'] } }

describe('can', () => {
  test('asks the relay, for the broker of its scope', async () => {
    const options = { brokers: ['main', 'home', 'orders', 'other'], auth: { tokens } }
    const { client, relay } = await tested({ ...options, client: { broker: 'home', token: 'ada' } })
    expect(await client.can('publish', 'room.42')).toBe(true)
    expect(await client.broker('orders').can('subscribe', 'room.*')).toBe(false)
    expect(await client.can('serve', 'sum', { broker: 'other' })).toBe(false)
    expect(relay.frames('CanI')).toMatchObject([
      { action: 'publish', subject: 'room.42', broker: 'home' },
      { action: 'subscribe', subject: 'room.*', broker: 'orders' },
      { action: 'serve', subject: 'sum', broker: 'other' },
    ])
  })
  test('passes on the reason of a denial, if the relay explains it', async () => {
    const { client } = await tested({ auth: { tokens }, client: { token: 'ada' } })
    const onWhy = vi.fn()
    expect(await client.can('publish', 'a', { onWhy })).toBe(false)
    expect(onWhy).toHaveBeenCalledExactlyOnceWith(expect.stringMatching(/publish/))
    expect(await client.can('publish', 'room.42', { onWhy })).toBe(true)
    expect(onWhy).toHaveBeenCalledOnce()
  })
  test('waits for the connection', async () => {
    const { client, relay, clock } = await started()
    relay.cut({ forMs: 1000 })
    const answer = client.can('publish', 'a')
    await clock.advance(1000)
    expect(relay.frames('CanI')).toEqual([])
    await clock.advance(10_000)
    expect(await answer).toBe(true)
  })
  test('rejects an invalid subject, and a lost session', async () => {
    const one = await tested()
    await expect(one.client.can('publish', 'a..b')).rejects.toMatchObject({ code: 'invalid_subject' })
    const lost = expect(one.client.can('publish', 'a')).rejects.toMatchObject({ code: 'interrupted' })
    await loseSession(one)
    await lost
  })
})

test('onAccess calls back at each connect until it is undone, and reports what it throws', async () => {
  const one = await started()
  const listener = vi.fn(() => {
    throw new Error('boom')
  })
  const undo = one.client.onAccess(listener)
  await one.relay.settled()
  await loseSession(one)
  expect(listener).toHaveBeenCalledTimes(2)
  undo()
  await loseSession(one)
  expect(listener).toHaveBeenCalledTimes(2)
  expect(one.errors.filter(({ stage }) => stage === 'handler')).toHaveLength(2)
})
