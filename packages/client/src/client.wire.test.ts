// Scripted: the codes with which a connection is closed.
import { describe, expect, test } from 'vitest'
import { connect, start } from './testing/connect.js'
import { settle } from './testing/fake-clock.js'

describe('a connection that is closed with', () => {
  test('4501 is given up with the reason', async () => {
    const { client, relay } = await connect()
    const statuses: string[] = []
    client.subscribe('a', () => undefined, { onStatus: (status) => statuses.push(status) })
    await settle()
    relay.link.drop(4501, 'who are you?')
    expect(statuses.at(-1)).toBe('denied')
    const reason = { code: 'unauthorized', retry: false, message: 'who are you?' }
    expect(client.status).toMatchObject({ state: 'closed', reason })
    await expect(client.publish('a')).rejects.toMatchObject(reason)
  })
  test('4503 rejects queued publishes', async () => {
    const { client, relay } = start()
    relay.obliging = false
    const waiting = client.publish('a')
    await settle()
    relay.link.drop(4503)
    await expect(waiting).rejects.toMatchObject({ code: 'forbidden' })
  })
  test('an unknown code is given up, too', async () => {
    const { client, relay, clock } = await connect()
    client.subscribe('a', () => undefined)
    relay.link.drop(4999)
    expect(client.status).toMatchObject({ state: 'closed', reason: { retry: false } })
    expect(clock.timers).toBe(0)
  })
})

test('close() closes with 1000, which ends the session', async () => {
  const { client, relay } = await connect()
  client.close()
  expect(relay.link.closedWith).toBe(1000)
})
