// Scripted: the clock of a test relay does not count timers, and a ref is answered once.
import { expect, test } from 'vitest'
import { connect } from '../testing/connect.js'
import { settle } from '../testing/fake-clock.js'

test('a request leaves no timer, whatever its end', async () => {
  const { client, relay, clock } = await connect()
  const timers = clock.timers
  const answer = client.request('math.sum', [1, 2])
  await settle()
  relay.link.send({ kind: 'Response', ref: 1, message: '3' })
  await answer
  await expect(client.request('a', null, { signal: AbortSignal.abort('no') })).rejects.toBe('no')
  await expect(client.request('good.*')).rejects.toMatchObject({ code: 'invalid_subject' })
  await expect(client.request('a', 'x'.repeat(1001))).rejects.toMatchObject({ code: 'too_large' })
  expect(clock.timers).toBe(timers)
})

test('a request ignores an answer and an error after its end', async () => {
  const { client, relay, errors } = await connect()
  const abort = new AbortController()
  const answer = client.request('a', null, { signal: abort.signal })
  await settle()
  abort.abort('changed my mind')
  await expect(answer).rejects.toBe('changed my mind')
  relay.link.send({ kind: 'Response', ref: 1, message: '' })
  relay.link.send({ kind: 'Error', ref: 1, code: 'timeout', message: '', retry: true })
  expect(errors).toEqual([])
})

test('a request rejects with an internal error of the relay', async () => {
  const { client, relay } = await connect()
  const answer = client.request('a')
  await settle()
  relay.link.send({ kind: 'Error', ref: 1, code: 'internal', message: 'sorry', retry: false })
  await expect(answer).rejects.toMatchObject({ code: 'internal', message: 'sorry' })
})
