import { describe, expect, test, vi } from 'vitest'
import { connect, start } from '../testing/connect.js'
import { settle } from '../testing/fake-clock.js'

describe('the handle of a publish', () => {
  test('is waiting, then sent, then confirmed', async () => {
    const { client, relay } = start()
    relay.answer = ({ kind }) => (kind === 'Publish' ? 'nothing' : undefined)
    const publication = client.publish('a')
    expect(publication.state).toBe('waiting')
    await settle()
    expect(publication.state).toBe('sent')
    relay.link.send({ kind: 'Ack', ref: 1 })
    expect(publication.state).toBe('confirmed')
    expect(await publication).toBe('confirmed')
    expect(await publication.outcome).toBe('confirmed')
  })
  test('is sent at once if the client is online', async () => {
    const { client, relay } = await connect()
    relay.obliging = false
    expect(client.publish('a').state).toBe('sent')
  })
  test('is unknown if the session is lost before the answer', async () => {
    const { client, relay } = await connect()
    relay.obliging = false
    const publication = client.publish('a')
    relay.link.drop()
    expect(publication.state).toBe('unknown')
    expect(await publication).toBe('unknown')
    expect(await publication.outcome).toBe('unknown')
  })
  test('is rejected by the relay, or before it is sent', async () => {
    const { client, relay } = await connect()
    relay.answer = ({ kind }) =>
      kind === 'Publish' ? { kind: 'Error', ref: 1, code: 'forbidden', message: 'no', retry: false } : undefined
    const refused = client.publish('a')
    const invalid = client.publish('a..b')
    expect(invalid.state).toBe('rejected')
    await expect(refused).rejects.toMatchObject({ code: 'forbidden' })
    await expect(invalid).rejects.toMatchObject({ code: 'invalid_subject' })
    expect(refused.state).toBe('rejected')
    expect(await Promise.all([refused.outcome, invalid.outcome])).toEqual(['rejected', 'rejected'])
  })
  test('has one promise for its outcome', () => {
    const publication = start().client.publish('a')
    expect(publication.outcome).toBe(publication.outcome)
  })
  test('causes no unhandled rejection if the caller reads only the outcome', async () => {
    const unhandled = vi.fn()
    process.on('unhandledRejection', unhandled)
    const { client } = start()
    const { outcome } = client.publish('a..b')
    expect(await outcome).toBe('rejected')
    await new Promise(setImmediate)
    process.off('unhandledRejection', unhandled)
    expect(unhandled).not.toHaveBeenCalled()
  })
})
