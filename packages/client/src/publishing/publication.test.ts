import { describe, expect, test, vi } from 'vitest'
import { loseSession, started, tested } from '../testing/tested.js'

describe('the handle of a publish', () => {
  test('is waiting, then sent, then confirmed', async () => {
    const { client, relay, clock } = await started()
    const publication = client.publish('a')
    expect(publication.state).toBe('waiting')
    relay.delay(100)
    await clock.advance(300) // Connect, Welcome, Publish; the confirmation is on its way
    expect(publication.state).toBe('sent')
    await clock.advance(1000)
    expect(publication.state).toBe('confirmed')
    expect(await publication).toBe('confirmed')
    expect(await publication.outcome).toBe('confirmed')
  })
  test('is sent at once if the client is online', async () => {
    const { client } = await tested()
    expect(client.publish('a').state).toBe('sent')
  })
  test('is unknown if the session is lost before the answer', async () => {
    const one = await tested()
    const publication = one.client.publish('a')
    await loseSession(one)
    expect(publication.state).toBe('unknown')
    expect(await publication).toBe('unknown')
    expect(await publication.outcome).toBe('unknown')
  })
  test('is rejected by the relay, or before it is sent', async () => {
    const { client, relay } = await tested()
    relay.refuse('publish', 'a')
    const refused = client.publish('a')
    const invalid = client.publish('a..b')
    expect([refused.state, invalid.state]).toEqual(['sent', 'rejected'])
    await expect(refused).rejects.toMatchObject({ code: 'forbidden' })
    await expect(invalid).rejects.toMatchObject({ code: 'invalid_subject' })
    expect(refused.state).toBe('rejected')
    expect(await Promise.all([refused.outcome, invalid.outcome])).toEqual(['rejected', 'rejected'])
  })
  test('has one promise for its outcome', async () => {
    const publication = (await started()).client.publish('a')
    expect(publication.outcome).toBe(publication.outcome)
  })
  test('causes no unhandled rejection if the caller reads only the outcome', async () => {
    const unhandled = vi.fn()
    process.on('unhandledRejection', unhandled)
    const { client } = await started()
    const { outcome } = client.publish('a..b')
    expect(await outcome).toBe('rejected')
    await new Promise(setImmediate)
    process.off('unhandledRejection', unhandled)
    expect(unhandled).not.toHaveBeenCalled()
  })
})
