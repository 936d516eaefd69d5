import { expect, test } from 'vitest'
import { everything } from '../testing/everything.js'
import { loseSession, type Tested, tested } from '../testing/tested.js'
import { type MemberCount, memberCount } from './member-count.js'
import { type Presence, presence } from './presence.js'

const shown = ({ count, status }: MemberCount): unknown => [count, status]

/** A client, and a room with Ada and Bob. */
async function roomOfTwo(): Promise<Tested & { enter(user: string): Promise<Presence>; readonly bob: Presence }> {
  const one = await tested({ auth: everything })
  const enter = async (user: string): Promise<Presence> => {
    const room = presence(one.relay.createClient({ token: user }), 'room.42')
    await room.enter({})
    return room
  }
  await enter('ada')
  return { ...one, enter, bob: await enter('bob') }
}

const counted = ({ relay }: Tested) => relay.frames('Subscribe').filter(({ count }) => count)

test('the number of members comes without the members', async () => {
  const one = await roomOfTwo()
  const room = memberCount(one.client, 'room.42')
  const all = memberCount(one.client, 'room.*')
  expect(shown(room)).toEqual([undefined, 'loading'])
  await one.relay.settled()
  expect(counted(one)).toMatchObject([{ subject: '$presence.room.42.*' }, { subject: '$presence.room.*.*' }])
  expect([shown(room), shown(all)]).toEqual([
    [2, 'synced'],
    [2, 'synced'],
  ])
  let changes = 0
  room.onChange(() => changes++)
  await one.enter('eve')
  await one.clock.advance(2000)
  expect([shown(room), changes]).toEqual([[3, 'synced'], 1])
})

test('a second count of a subject has its number at once, and both receive the next one', async () => {
  const one = await roomOfTwo()
  const first = memberCount(one.client, 'room.42')
  await one.relay.settled()
  const second = memberCount(one.client, 'room.42')
  await one.relay.settled()
  expect(second.count).toBe(2)
  await one.bob.leave()
  await one.clock.advance(2000)
  expect([first.count, second.count]).toEqual([1, 1])
  first.stop()
  await one.enter('eve')
  await one.clock.advance(2000)
  expect([shown(first), shown(second)]).toEqual([
    [1, 'stale'],
    [2, 'synced'],
  ])
})

test('it is stale while the broker is down and after a reconnect, until the next number', async () => {
  const one = await roomOfTwo()
  const room = memberCount(one.client, 'room.42')
  const statuses: unknown[] = []
  room.onChange(() => statuses.push(shown(room)))
  await one.relay.settled()
  one.relay.brokerDown()
  await one.relay.settled()
  expect(shown(room)).toEqual([2, 'stale'])
  one.relay.brokerUp()
  await one.clock.advance(5000)
  expect(shown(room)).toEqual([2, 'synced'])
  statuses.length = 0
  await loseSession(one)
  await one.clock.advance(5000)
  expect(statuses[0]).toEqual([2, 'stale'])
  expect(shown(room)).toEqual([2, 'synced'])
})

test('a refusal is its error', async () => {
  const { client, relay } = await tested({ auth: { anonymous: {} } })
  const room = memberCount(client, 'room.42')
  await relay.settled()
  expect([shown(room), room.error?.code]).toEqual([[undefined, 'denied'], 'forbidden'])
  expect(() => memberCount(client, 'room..42')).toThrow(expect.objectContaining({ code: 'invalid_subject' }))
})
