import { expect, test } from 'vitest'
import { everything } from '../testing/everything.js'
import { loseSession, type Tested, tested } from '../testing/tested.js'
import { type Presence, presence } from './presence.js'

const shown = ({ members }: Presence): unknown[] =>
  members.map(({ user, data, connections, isSelf }) => ({ user, data, connections, isSelf }))
const entered = ({ relay }: Tested): unknown[] => relay.frames('Enter').map(({ message }) => message)

/** Ada, at a relay with other users. */
const ada = (): Promise<Tested> => tested({ auth: everything, client: { token: 'ada' } })

/** Another client enters. Returns its presence. */
async function other({ relay }: Tested, data: unknown, token?: string, subject = 'room.42'): Promise<Presence> {
  const own = presence(relay.createClient({ token }), subject)
  await own.enter(data)
  return own
}

test('members are users with a count of connections, and clients without a user', async () => {
  const one = await ada()
  const room = presence(one.client, 'room.42')
  await other(one, { at: 1 }, 'bob')
  await other(one, { guest: 1 })
  await other(one, { guest: 1 })
  const second = await other(one, { at: 2 }, 'bob')
  await other(one, {}, 'bob', 'room.43')
  await one.relay.settled()
  expect(room.status).toBe('synced')
  expect(shown(room)).toEqual([
    { user: undefined, data: { guest: 1 }, connections: 1, isSelf: false },
    { user: undefined, data: { guest: 1 }, connections: 1, isSelf: false },
    { user: 'bob', data: { at: 2 }, connections: 2, isSelf: false },
  ])
  expect(room.members).toBe(room.members)
  await second.leave()
  await one.relay.settled()
  expect(room.members[2]).toMatchObject({ data: { at: 1 }, connections: 1 })
  expect(new Set(room.members.map(({ key }) => key)).size).toBe(3)
})

test('enter, update and leave', async () => {
  const one = await ada()
  const room = presence<{ name: string }>(one.client, 'room.42')
  let changes = 0
  room.onChange(() => changes++)
  await room.enter({ name: 'Ada' })
  expect(shown(room)).toEqual([{ user: 'ada', data: { name: 'Ada' }, connections: 1, isSelf: true }])
  await room.update({ name: 'Countess' })
  expect(room.members[0]?.data).toEqual({ name: 'Countess' })
  const before = changes
  await room.leave()
  expect(changes).toBeGreaterThan(before)
  expect(shown(room)).toEqual([])
  await room.leave() // does nothing
  expect(one.relay.frames('Leave')).toHaveLength(1)
  expect(one.relay.frames('Cancel')).toEqual([])
})

test('a client has one name in all rooms', async () => {
  const one = await ada()
  for (const subject of ['room.1', 'room.2']) await presence(one.client, subject).enter()
  const names = one.relay.frames('Enter').map(({ member }) => member)
  expect(new Set(names).size).toBe(1)
  expect(names[0]).toMatch(/^[\w-]{22}$/)
})

test('a client enters again with its newest data after a lost session, and when it was removed', async () => {
  const one = await ada()
  const room = presence(one.client, 'room.42')
  await room.enter({ at: 1 })
  await room.update({ at: 2 })
  await loseSession(one)
  expect(entered(one).slice(2)).toEqual(['{"at":2}'])
  one.relay.cut({ forMs: 30_000 }) // the session is kept, the member is removed after 10 s
  await one.clock.advance(60_000)
  expect(new Set(entered(one).slice(3))).toEqual(new Set(['{"at":2}']))
  expect(shown(room)).toMatchObject([{ data: { at: 2 } }])
  await room.leave()
  const before = entered(one).length
  await loseSession(one)
  expect(entered(one)).toHaveLength(before)
})

test('a client that resumes its session does not enter again', async () => {
  const one = await ada()
  const room = presence(one.client, 'room.42')
  await room.enter()
  one.relay.cut()
  await one.clock.advance(5000)
  expect(one.client.status.state).toBe('online')
  expect(entered(one)).toHaveLength(1)
  expect(shown(room)).toHaveLength(1)
})

test('an update that is replaced before the answer has the outcome of the later one', async () => {
  const one = await ada()
  const room = presence(one.client, 'room.42')
  one.relay.delay(1000)
  const all = [room.enter({ at: 1 }), room.update({ at: 2 }), room.update({ at: 3 })]
  await one.relay.settled()
  const before = entered(one).length
  one.relay.delay(0)
  await loseSession(one)
  await Promise.all(all)
  expect(entered(one).slice(before)).toEqual(['{"at":3}'])
})

test('a member sends something in time', async () => {
  const one = await ada()
  const room = presence(one.client, 'room.42')
  await room.enter()
  await one.clock.advance(30_000)
  const asked = one.relay.frames('CanI')
  expect(asked.length).toBeGreaterThanOrEqual(9)
  expect(asked[0]).toMatchObject({ action: 'presence', subject: 'room.42' })
  await room.leave()
  await one.clock.advance(30_000)
  expect(one.relay.frames('CanI')).toHaveLength(asked.length)
})

test('a refused entry rejects; one that is refused later is the error', async () => {
  const one = await ada()
  const room = presence(one.client, 'room.42')
  const allow = one.relay.refuse('presence', 'room.42')
  await expect(room.enter()).rejects.toMatchObject({ code: 'forbidden' })
  allow()
  await room.enter()
  one.relay.refuse('presence', 'room.42')
  await loseSession(one)
  expect(room.error).toMatchObject({ code: 'forbidden' })
})

test('stop leaves, and ends the list', async () => {
  const one = await ada()
  const room = presence(one.client, 'room.42')
  await room.enter()
  room.stop()
  await one.clock.advance(1000)
  expect(one.relay.frames('Leave')).toHaveLength(1)
  expect(one.relay.frames('Unsubscribe')).toHaveLength(1)
  const asked = one.relay.frames('CanI').length
  await one.clock.advance(60_000)
  expect(one.relay.frames('CanI')).toHaveLength(asked)
})
