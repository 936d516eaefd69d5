import { describe, expect, test, vi } from 'vitest'
import { connect, start } from './testing/connect.js'
import { settle } from './testing/fake-clock.js'
import { welcome } from './testing/scripted-relay.js'

describe('can', () => {
  test('asks the relay, for the broker of its scope', async () => {
    const { client, relay } = await connect({ broker: 'home' })
    relay.answer = (frame) =>
      frame.kind === 'CanI' ? { kind: 'Ack', ref: frame.ref, allowed: frame.action === 'publish' } : undefined
    expect(await client.can('publish', 'room.42')).toBe(true)
    expect(await client.broker('orders').can('subscribe', 'room.*')).toBe(false)
    expect(await client.can('serve', 'sum', { broker: 'other' })).toBe(false)
    expect(relay.link.all('CanI')).toMatchObject([
      { action: 'publish', subject: 'room.42', broker: 'home' },
      { action: 'subscribe', subject: 'room.*', broker: 'orders' },
      { action: 'serve', subject: 'sum', broker: 'other' },
    ])
  })
  test('passes on the reason of a denial, if the relay explains it', async () => {
    const { client, relay } = await connect()
    const onWhy = vi.fn()
    const why = 'no rule of role "guest" allows it'
    relay.answer = (frame) => (frame.kind === 'CanI' ? { kind: 'Ack', ref: frame.ref, allowed: false, why } : undefined)
    expect(await client.can('publish', 'a', { onWhy })).toBe(false)
    expect(onWhy).toHaveBeenCalledExactlyOnceWith(why)
  })
  test('waits for the connection, and denies if the relay gives no answer', async () => {
    const { client, relay, clock } = start()
    relay.obliging = false
    const answer = client.can('publish', 'a')
    await settle()
    relay.obliging = true
    relay.answer = (frame) => (frame.kind === 'CanI' ? { kind: 'Ack', ref: frame.ref } : undefined)
    relay.link.drop()
    await clock.advance(1000)
    expect(await answer).toBe(false)
  })
  test('rejects an invalid subject, a relay that does not know the question, and a lost session', async () => {
    const { client, relay } = await connect()
    await expect(client.can('publish', 'a..b')).rejects.toMatchObject({ code: 'invalid_subject' })
    const lost = expect(client.can('publish', 'a')).rejects.toMatchObject({ code: 'interrupted' })
    relay.link.drop()
    await lost
  })
})

test('onAccess calls back at each connect until it is undone, and reports what it throws', async () => {
  const { client, relay, clock, errors } = start()
  relay.answer = (frame) => (frame.kind === 'Connect' ? welcome : undefined)
  const listener = vi.fn(() => {
    throw new Error('boom')
  })
  const undo = client.onAccess(listener)
  await settle()
  relay.link.drop()
  await clock.advance(1000)
  expect(listener).toHaveBeenCalledTimes(2)
  undo()
  relay.link.drop()
  await clock.advance(1000)
  expect(listener).toHaveBeenCalledTimes(2)
  expect(errors).toMatchObject([{ stage: 'handler' }, { stage: 'handler' }])
})
