import { expect, test } from 'vitest'
import { settle } from '../testing/fake-clock.js'
import { connectToValues } from '../testing/value-relay.js'
import { elect } from './elect.js'

test('one of several takes the lead, and the next one when it resigns', async () => {
  const { client } = await connectToValues()
  const [first, second] = [elect(client, 'leader'), elect(client, 'leader')]
  const changes: boolean[] = []
  second.onChange(() => changes.push(second.isLeader))
  await settle()
  expect([first.isLeader, second.isLeader]).toEqual([true, false])
  const { token = '' } = first
  await first.resign()
  await settle()
  expect([first.isLeader, second.isLeader]).toEqual([false, true])
  expect((second.token ?? '') > token).toBe(true)
  expect(first.token).toBe(undefined)
  expect(changes).toEqual([true])
})

test('a leader that loses the lock waits for it again', async () => {
  const relay = await connectToValues()
  const election = elect(relay.client, 'leader')
  const changes: boolean[] = []
  election.onChange(() => changes.push(election.isLeader))
  await settle()
  await relay.reconnect()
  relay.stored.delete('leader') // the will of the lost session
  await relay.clock.advance(1000)
  relay.write('other', 'x') // the relay tests what waits
  await settle()
  relay.fire('leader')
  await settle()
  expect(changes).toEqual([true, false, true, false, true])
})

test('an election that is refused for a while is tried again, and one that is forbidden is not', async () => {
  const relay = await connectToValues()
  const { answer } = relay.relay
  let code: 'broker_down' | 'forbidden' = 'broker_down'
  relay.relay.answer = (frame) =>
    frame.kind === 'Publish'
      ? { kind: 'Error', ref: frame.ref, code, message: 'no', retry: code === 'broker_down' }
      : answer(frame)
  const election = elect(relay.client, 'leader')
  await settle()
  expect(election).toMatchObject({ isLeader: false, error: { code: 'broker_down' } })
  relay.relay.answer = answer
  await relay.clock.advance(20_000)
  expect(election).toMatchObject({ isLeader: true, error: undefined })
  await election.resign()
  code = 'forbidden'
  relay.relay.answer = (frame) =>
    frame.kind === 'Publish' ? { kind: 'Error', ref: frame.ref, code, message: 'no', retry: false } : answer(frame)
  const refused = elect(relay.client, 'leader')
  await settle()
  const sent = relay.relay.link.all('Publish').length
  await relay.clock.advance(60_000)
  expect(refused).toMatchObject({ isLeader: false, error: { code: 'forbidden' } })
  expect(relay.relay.link.all('Publish')).toHaveLength(sent)
})

test('a signal that aborts ends it, also while it waits', async () => {
  const relay = await connectToValues()
  const controllers = [new AbortController(), new AbortController()]
  const [first, second] = controllers.map(({ signal }) => elect(relay.client, 'leader', { signal }))
  await settle()
  controllers[1]?.abort()
  controllers[0]?.abort()
  await settle()
  expect([first?.isLeader, second?.isLeader]).toEqual([false, false])
  expect({ stored: relay.stored.size, waiting: relay.waiting }).toEqual({ stored: 0, waiting: [] })
})

test('a closed client leads nothing, and tries nothing more', async () => {
  const relay = await connectToValues()
  const election = elect(relay.client, 'leader')
  await settle()
  relay.client.close()
  await settle()
  expect(election.isLeader).toBe(false)
  expect(relay.clock.timers).toBe(0)
})

test('an invalid subject throws', async () => {
  const { client } = await connectToValues()
  expect(() => elect(client, 'a.*')).toThrow(expect.objectContaining({ code: 'invalid_subject' }))
})
