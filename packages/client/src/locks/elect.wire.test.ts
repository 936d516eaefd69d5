// Scripted: a test relay lets a write that waits outlast its broker, so it never gives this answer.
import { expect, test } from 'vitest'
import { connect } from '../testing/connect.js'
import { settle } from '../testing/fake-clock.js'
import { elect } from './elect.js'

test('an election that is refused for a while has the error, and is tried again', async () => {
  const { client, relay, clock } = await connect()
  relay.answer = (frame) =>
    frame.kind === 'Publish'
      ? { kind: 'Error', ref: frame.ref, code: 'broker_down', message: 'no', retry: true }
      : undefined
  const election = elect(client, 'leader')
  await settle()
  expect(election).toMatchObject({ isLeader: false, error: { code: 'broker_down' } })
  relay.answer = (frame) =>
    frame.kind === 'Publish' ? { kind: 'Ack', ref: frame.ref ?? 0, revision: 't-1' } : undefined
  await clock.advance(20_000)
  expect(relay.link.all('Publish').length).toBeGreaterThan(1)
  expect(election.error).toBeUndefined()
})
