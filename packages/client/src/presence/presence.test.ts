import { expect, test } from 'vitest'
import { settle } from '../testing/fake-clock.js'
import { keeping } from '../testing/scripted-relay.js'
import { connectToValues } from '../testing/value-relay.js'
import { type Presence, presence } from './presence.js'

const shown = ({ members }: Presence): unknown[] =>
  members.map(({ user, data, connections, isSelf }) => ({ user, data, connections, isSelf }))

test('members are users with a count of connections, and clients without a user', async () => {
  const relay = await connectToValues()
  const room = presence(relay.client, 'room.42')
  relay.write('$presence.room.42.bob~1', '{"at":1}', 'bob')
  relay.write('$presence.room.42.anonymous~1', '{"guest":1}')
  relay.write('$presence.room.42.anonymous~2', '{"guest":2}')
  relay.write('$presence.room.42.bob~2', '{"at":2}', 'bob')
  relay.write('$presence.room.43.bob~1', '{}', 'bob')
  await settle()
  expect(room.status).toBe('synced')
  expect(shown(room)).toEqual([
    { user: undefined, data: { guest: 1 }, connections: 1, isSelf: false },
    { user: undefined, data: { guest: 2 }, connections: 1, isSelf: false },
    { user: 'bob', data: { at: 2 }, connections: 2, isSelf: false },
  ])
  expect(room.members).toBe(room.members)
  relay.write('$presence.room.42.bob~2', undefined)
  expect(room.members[2]).toMatchObject({ data: { at: 1 }, connections: 1 })
  expect(new Set(room.members.map(({ key }) => key)).size).toBe(3)
})

test('enter, update and leave', async () => {
  const relay = await connectToValues()
  const room = presence<{ name: string }>(relay.client, 'room.42')
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
  expect(relay.relay.link.all('Leave')).toHaveLength(1)
  expect(relay.relay.link.all('Cancel')).toEqual([])
})

test('a client has one name in all rooms', async () => {
  const relay = await connectToValues()
  for (const subject of ['room.1', 'room.2']) await presence(relay.client, subject).enter()
  const names = relay.relay.link.all('Enter').map(({ member }) => member)
  expect(new Set(names).size).toBe(1)
  expect(names[0]).toMatch(/^[\w-]{22}$/)
})

test('a client enters again with its newest data after a lost session, and when it was removed', async () => {
  const relay = await connectToValues()
  const room = presence(relay.client, 'room.42')
  await room.enter({ at: 1 })
  await room.update({ at: 2 })
  await relay.reconnect()
  const entered = relay.relay.link.all('Enter')
  expect(entered.map(({ message }) => message)).toEqual(['{"at":2}'])
  relay.fire(`$presence.room.42.ada~${entered[0]?.member}`)
  await settle()
  expect(relay.relay.link.all('Enter')).toHaveLength(2)
  expect(shown(room)).toMatchObject([{ data: { at: 2 } }])
  await room.leave()
  await relay.reconnect()
  expect(relay.relay.link.all('Enter')).toEqual([])
})

test('a client enters again when the store has lost its members, and not when it has left', async () => {
  const relay = await connectToValues()
  const room = presence(relay.client, 'room.42')
  await room.enter({ at: 1 })
  await settle()
  relay.relay.link.send({ kind: 'Gap', id: 1 })
  relay.stored.clear()
  expect(relay.relay.link.all('Enter')).toHaveLength(1)
  relay.sync()
  relay.write('$presence.room.42.bob~1', '{}', 'bob')
  await settle()
  relay.write('$presence.room.42.bob~1', undefined, 'bob')
  expect(relay.relay.link.all('Enter').map(({ message }) => message)).toEqual(['{"at":1}', '{"at":1}'])
  expect(shown(room)).toMatchObject([{ data: { at: 1 } }])
  await room.leave()
  await settle()
  expect(relay.relay.link.all('Enter')).toHaveLength(2)
  expect(shown(room)).toEqual([])
})

test('a client that resumes its session does not enter again', async () => {
  const relay = await connectToValues()
  relay.hello = keeping
  await relay.reconnect()
  const room = presence(relay.client, 'room.42')
  await room.enter()
  await relay.reconnect()
  expect(relay.relay.link.all('Enter')).toEqual([])
  expect(shown(room)).toHaveLength(1)
})

test('an update that is replaced before the answer has the outcome of the later one', async () => {
  const relay = await connectToValues()
  const room = presence(relay.client, 'room.42')
  relay.ignored.add('Enter')
  const all = [room.enter({ at: 1 }), room.update({ at: 2 }), room.update({ at: 3 })]
  await settle()
  relay.ignored.clear()
  await relay.reconnect()
  await Promise.all(all)
  expect(relay.relay.link.all('Enter').map(({ message }) => message)).toEqual(['{"at":3}'])
})

test('a member sends something in time', async () => {
  const relay = await connectToValues()
  const room = presence(relay.client, 'room.42')
  await room.enter()
  await relay.clock.advance(30_000)
  const asked = relay.relay.link.all('CanI')
  expect(asked.length).toBeGreaterThanOrEqual(9)
  expect(asked[0]).toMatchObject({ action: 'presence', subject: 'room.42' })
  await room.leave()
  await relay.clock.advance(30_000)
  expect(relay.relay.link.all('CanI')).toHaveLength(asked.length)
})

test('a refused entry rejects; one that is refused later is the error', async () => {
  const relay = await connectToValues()
  const { answer } = relay.relay
  const refuse = (): void => {
    relay.relay.answer = (frame) =>
      frame.kind === 'Enter'
        ? { kind: 'Error', ref: frame.ref, code: 'forbidden', message: 'no', retry: false }
        : answer(frame)
  }
  const room = presence(relay.client, 'room.42')
  refuse()
  await expect(room.enter()).rejects.toMatchObject({ code: 'forbidden' })
  relay.relay.answer = answer
  await room.enter()
  refuse()
  await relay.reconnect()
  expect(room.error).toMatchObject({ code: 'forbidden' })
})

test('an entry whose outcome the relay does not know is repeated, with the newest data only', async () => {
  const relay = await connectToValues()
  const { answer } = relay.relay
  let unknown = 3
  relay.relay.answer = (frame) =>
    frame.kind === 'Enter' && unknown-- > 0
      ? { kind: 'Error', ref: frame.ref, code: 'interrupted', message: 'no', retry: true }
      : answer(frame)
  const room = presence(relay.client, 'room.42')
  const first = room.enter({ at: 1 })
  await settle()
  const second = room.update({ at: 2 })
  await relay.clock.advance(10_000)
  await Promise.all([first, second])
  expect(relay.relay.link.all('Enter').map(({ message }) => message)).toEqual([
    '{"at":1}',
    '{"at":2}',
    '{"at":2}',
    '{"at":2}',
  ])
  unknown = 1
  const third = room.update({ at: 3 })
  await settle()
  await room.leave()
  await relay.clock.advance(10_000)
  expect(relay.relay.link.all('Enter')).toHaveLength(5)
  await third
  expect([shown(room), relay.errors]).toEqual([[], []])
})

test('stop leaves, and ends the list', async () => {
  const relay = await connectToValues()
  const room = presence(relay.client, 'room.42')
  await room.enter()
  room.stop()
  await relay.clock.advance(1000)
  expect(relay.relay.link.all('Leave')).toHaveLength(1)
  expect(relay.relay.link.all('Unsubscribe')).toHaveLength(1)
  expect(relay.clock.timers).toBe(1) // of the connection
})
