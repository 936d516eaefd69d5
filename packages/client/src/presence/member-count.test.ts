import { expect, test } from 'vitest'
import { settle } from '../testing/fake-clock.js'
import { connectToValues, type ValueRelay } from '../testing/value-relay.js'
import { type MemberCount, memberCount } from './member-count.js'

const shown = ({ count, status }: MemberCount): unknown => [count, status]

async function roomOfTwo(): Promise<ValueRelay> {
  const relay = await connectToValues()
  for (const user of ['ada', 'bob']) relay.write(`$presence.room.42.${user}~1`, '{}', user)
  return relay
}

test('the number of members comes without the members', async () => {
  const relay = await roomOfTwo()
  const room = memberCount(relay.client, 'room.42')
  const all = memberCount(relay.client, 'room.*')
  expect(shown(room)).toEqual([undefined, 'loading'])
  await settle()
  expect(relay.relay.link.all('Subscribe')).toMatchObject([
    { subject: '$presence.room.42.*', count: true },
    { subject: '$presence.room.*.*', count: true },
  ])
  expect([shown(room), shown(all)]).toEqual([
    [2, 'synced'],
    [2, 'synced'],
  ])
  let changes = 0
  room.onChange(() => changes++)
  relay.write('$presence.room.42.eve~1', '{}', 'eve')
  relay.sendCount()
  expect([shown(room), changes]).toEqual([[3, 'synced'], 1])
})

test('a second count of a subject has its number at once, and both receive the next one', async () => {
  const relay = await roomOfTwo()
  const first = memberCount(relay.client, 'room.42')
  await settle()
  const second = memberCount(relay.client, 'room.42')
  await settle()
  relay.write('$presence.room.42.bob~1', undefined)
  expect([first.count, second.count]).toEqual([2, 2])
  relay.sendCount()
  expect([first.count, second.count]).toEqual([1, 1])
  first.stop()
  relay.write('$presence.room.42.ada~1', undefined)
  relay.sendCount()
  expect([shown(first), shown(second)]).toEqual([
    [1, 'stale'],
    [0, 'synced'],
  ])
})

test('it is stale after a gap and a reconnect, until the next number', async () => {
  const relay = await roomOfTwo()
  const room = memberCount(relay.client, 'room.42')
  await settle()
  relay.relay.link.send({ kind: 'Gap', id: 1, open: true })
  expect(shown(room)).toEqual([2, 'stale'])
  relay.relay.link.send({ kind: 'Gap', id: 1 })
  expect(shown(room)).toEqual([2, 'stale'])
  relay.sendCount()
  expect(shown(room)).toEqual([2, 'synced'])
  relay.isPrompt = false
  relay.relay.link.drop()
  expect(shown(room)).toEqual([2, 'stale'])
  await relay.reconnect()
  expect(shown(room)).toEqual([2, 'stale'])
  relay.sendCount()
  expect(shown(room)).toEqual([2, 'synced'])
})

test('a refusal is its error', async () => {
  const relay = await connectToValues()
  const { answer } = relay.relay
  relay.relay.answer = (frame) =>
    frame.kind === 'Subscribe'
      ? { kind: 'Error', ref: frame.ref, code: 'forbidden', message: 'no', retry: false }
      : answer(frame)
  const room = memberCount(relay.client, 'room.42')
  await settle()
  expect([shown(room), room.error?.code]).toEqual([[undefined, 'denied'], 'forbidden'])
  expect(() => memberCount(relay.client, 'room..42')).toThrow(expect.objectContaining({ code: 'invalid_subject' }))
})
