import { expect, test } from 'vitest'
import { loseSession, tested } from '../testing/tested.js'
import { values } from '../values/values.js'
import { elect } from './elect.js'

test('one of several takes the lead, and the next one when it resigns', async () => {
  const { client, relay } = await tested()
  const [first, second] = [elect(client, 'leader'), elect(client, 'leader')]
  const changes: boolean[] = []
  second.onChange(() => changes.push(second.isLeader))
  await relay.settled()
  expect([first.isLeader, second.isLeader]).toEqual([true, false])
  const { token = '' } = first
  await first.resign()
  await relay.settled()
  expect([first.isLeader, second.isLeader]).toEqual([false, true])
  expect((second.token ?? '') > token).toBe(true)
  expect(first.token).toBe(undefined)
  expect(changes).toEqual([true])
})

test('a leader that loses the lock waits for it again', async () => {
  const one = await tested()
  const election = elect(one.client, 'leader')
  const changes: boolean[] = []
  election.onChange(() => changes.push(election.isLeader))
  await one.relay.settled()
  await loseSession(one)
  await one.clock.advance(20_000) // the will of the lost session
  expect(changes).toEqual([true, false, true])
  await values(one.relay.createClient()).delete('leader')
  await one.relay.settled()
  await one.clock.advance(1000)
  expect(changes).toEqual([true, false, true, false, true])
})

test('an election leads when the broker is back, and one that is forbidden is not tried again', async () => {
  const { client, relay, clock } = await tested()
  relay.brokerDown()
  const election = elect(client, 'leader')
  await relay.settled()
  expect(election.isLeader).toBe(false)
  relay.brokerUp()
  await clock.advance(20_000)
  expect(election).toMatchObject({ isLeader: true, error: undefined })
  await election.resign()
  relay.refuse('publish', 'leader')
  const refused = elect(client, 'leader')
  await relay.settled()
  const sent = relay.frames('Publish').length
  await clock.advance(60_000)
  expect(refused).toMatchObject({ isLeader: false, error: { code: 'forbidden' } })
  expect(relay.frames('Publish')).toHaveLength(sent)
})

test('a signal that aborts ends it, also while it waits', async () => {
  const { client, relay } = await tested()
  const controllers = [new AbortController(), new AbortController()]
  const [first, second] = controllers.map(({ signal }) => elect(client, 'leader', { signal }))
  await relay.settled()
  controllers[1]?.abort()
  controllers[0]?.abort()
  await relay.settled()
  expect([first?.isLeader, second?.isLeader]).toEqual([false, false])
  expect(await values(client).get('leader')).toBeUndefined()
  expect(relay.frames('Cancel')).toHaveLength(1)
})

test('a closed client leads nothing, and tries nothing more', async () => {
  const { client, relay, clock } = await tested()
  const election = elect(client, 'leader')
  await relay.settled()
  client.close()
  await relay.settled()
  expect(election.isLeader).toBe(false)
  const sent = relay.frames('Publish').length
  await clock.advance(60_000)
  expect({ sent: relay.frames('Publish').length, connections: relay.connections }).toEqual({ sent, connections: 0 })
})

test('an invalid subject throws', async () => {
  const { client } = await tested()
  expect(() => elect(client, 'a.*')).toThrow(expect.objectContaining({ code: 'invalid_subject' }))
})
