import { parsePattern, parseSubject } from '@wildcast/protocol'
import { describe, expect, it } from 'vitest'
import { settled } from '../../testing/scripted-link.js'
import { type ValueClient, valueRelay } from '../../testing/value-relay.js'
import type { Action } from '../access/grants.js'
import { memberSubject, patternOfMembers } from '../presence-subjects.js'

const room = { subject: 'room.1', member: 'tab' }
const value = '$presence.room.1.anonymous~tab'
const enter = (ref: number, fields: object = {}): object => ({ Enter: { ref, ...room, message: '{"n":1}', ...fields } })
const leave = (ref: number, fields: object = {}): object => ({ Leave: { ref, ...room, ...fields } })

describe('the subject of a member', () => {
  it.each([
    ['ada', '$presence.room.1.ada~tab'],
    [undefined, '$presence.room.1.anonymous~tab'],
    ['', '$presence.room.1.anonymous~tab'],
    ['a.b~c *', '$presence.room.1.a%2Eb%7Ec%20%2A~tab'],
    ['$x', '$presence.room.1.%24x~tab'],
    ['anonymous', '$presence.room.1.%61nonymous~tab'],
    ['anonymous2', '$presence.room.1.anonymous2~tab'],
  ])('of the user %j is %s', (user, subject) => {
    expect(memberSubject(parseSubject('room.1'), user, 'tab')).toBe(subject)
  })

  it.each(['', 'a.b', 'a~b', 'a b', '*', 'a/b', '\u0000'])('has no member %j', (member) => {
    expect(() => memberSubject(parseSubject('a'), 'ada', member)).toThrow(
      expect.objectContaining({ code: 'invalid_frame' }),
    )
  })

  it('may be longer than other subjects', () => {
    const longest = parseSubject('x'.repeat(1024))
    expect(memberSubject(longest, 'u'.repeat(26), 'm'.repeat(26))).toHaveLength(1088)
    expect(memberSubject(parseSubject(Array(256).fill('x').join('.')), 'u', 'm')).toMatch(/~m$/)
  })
})

describe('a pattern of members', () => {
  it.each([
    ['$presence.room.1.*', 'room.1'],
    ['$presence.room.*.*', 'room.*'],
    ['$presence.room.**.*', 'room.**'],
    ['$presence.a.**.b.*', 'a.**.b'],
    ['$presence.**.*', '**'],
    ['$presence.*.*', '*'],
    ['$presence.room.*.**.*', 'room.*.**'],
    ['$presence.room.1.ada~tab', undefined],
    ['$presence.*', undefined],
    ['$presence.**', undefined],
    ['$presence.room.**', undefined],
    ['$presences.room.*', undefined],
    ['room.*', undefined],
  ])('%s is for %s', (text, pattern) => {
    const outer = patternOfMembers(parsePattern(text))
    expect(outer).toBe(pattern)
    if (outer !== undefined) expect(parsePattern(outer)).toBe(outer)
  })
})

describe('a client that enters', () => {
  it('has a value', async () => {
    const { client, store } = await valueRelay()
    expect(await client().sends(enter(1))).toMatchObject([{ Ack: { ref: 1, revision: expect.any(String) } }])
    expect(store.get(value)).toBe('{"n":1}')
  })

  it('and leaves is deleted', async () => {
    const { client, store } = await valueRelay()
    const one = client()
    await one.sends(enter(1))
    expect(await one.sends(leave(2))).toMatchObject([{ Ack: { ref: 2, revision: expect.any(String) } }])
    expect(await one.sends(leave(3))).toEqual([{ Ack: { ref: 3 } }])
    expect(store.written).toEqual([`${value}={"n":1}`, `${value}=`])
  })

  it('and leaves at once is deleted, in order', async () => {
    const { client, store, pass } = await valueRelay({ leased: true })
    const one = client()
    one.send(enter(1))
    one.send(leave(2))
    one.send(enter(3))
    one.send(leave(4))
    await settled()
    await pass(60_000)
    expect(store.written.map((line) => line.slice(value.length))).toEqual(['={"n":1}', '=', '={"n":1}', '='])
  })

  it('without a message is an empty object; again, it changes the message', async () => {
    const { client, store } = await valueRelay()
    const one = client()
    for (const message of [undefined, '', 'x']) await one.sends(enter(1, { message }))
    expect(store.written).toEqual([`${value}={}`, `${value}={}`, `${value}=x`])
  })

  it('and closes with 1000 is deleted at once', async () => {
    const { client, store } = await valueRelay()
    const one = client()
    await one.sends(enter(1))
    one.dialect.close(1000)
    await settled()
    expect(store.get(value)).toBeUndefined()
  })

  it('and loads its page again takes its own value again, and is not deleted', async () => {
    const { client, store, pass } = await valueRelay()
    const one = client()
    await one.sends(enter(1))
    one.dialect.close(1001)
    await pass(5000)
    const again = client()
    await again.sends(enter(1))
    for (let i = 0; i < 5; i++) {
      await pass(5000)
      await again.sends('Ping')
    }
    expect(store.written).toEqual([`${value}={"n":1}`, `${value}={"n":1}`])
    again.dialect.close(1001)
    await pass(4999 + 5000)
    expect(store.get(value)).toBeDefined()
    await pass(1)
    expect(store.get(value)).toBeUndefined()
  })

  it('and is silent for 10 s is deleted, and is notified', async () => {
    const { client, store, pass } = await valueRelay()
    const one = client()
    await one.sends(enter(7))
    await pass(10_000)
    expect(store.get(value)).toBeUndefined()
    expect(one.received()).toContainEqual({ Lost: { ref: 7, subject: 'room.1' } })
  })

  it('does not delete the value that another session of its user has taken', async () => {
    const { client, store } = await valueRelay()
    const [old, other] = [client(), client()]
    await old.sends(enter(1))
    store.set(value, 'elsewhere')
    expect(await old.sends(leave(2))).toEqual([{ Ack: { ref: 2 } }])
    expect(store.get(value)).toBe('elsewhere')
    await other.sends(enter(1))
    old.dialect.close(1000)
    await settled()
    expect(store.get(value)).toBe('{"n":1}')
  })

  it('and was replaced by another session of its user here deletes nothing, however often it leaves', async () => {
    const { client, store } = await valueRelay()
    const [old, other] = [client(), client()]
    await old.sends(enter(1))
    await other.sends(enter(1))
    expect(await old.sends(leave(2))).toEqual([{ Ack: { ref: 2 } }])
    expect(await old.sends(leave(3))).toEqual([{ Ack: { ref: 3 } }])
    expect(store.get(value)).toBe('{"n":1}')
  })

  it('in an earlier session is deleted when it leaves', async () => {
    const { client, store } = await valueRelay()
    await client().sends(enter(1))
    expect(await client().sends(leave(1))).toMatchObject([{ Ack: { ref: 1, revision: expect.any(String) } }])
    expect(store.get(value)).toBeUndefined()
  })
})

describe('presence', () => {
  /** A client that may do only these actions. */
  async function limited(...allowed: readonly string[]): Promise<{ one: ValueClient; asked: string[] }> {
    const asked: string[] = []
    const authorize = ({ kind, subject }: Action): boolean => {
      asked.push(`${kind} ${subject}`)
      return allowed.includes(`${kind} ${subject}`)
    }
    const { client } = await valueRelay({ authorize })
    return { one: client(), asked }
  }

  it('needs the permission "presence" on its subject to enter and to leave', async () => {
    const { one, asked } = await limited('presence room.1')
    expect(await one.sends(enter(1))).toMatchObject([{ Ack: { ref: 1 } }])
    expect(await one.sends(leave(2))).toMatchObject([{ Ack: { ref: 2 } }])
    expect(await one.sends(enter(3, { subject: 'room.2' }))).toMatchObject([{ Error: { ref: 3, code: 'forbidden' } }])
    expect(asked).toEqual(['presence room.1', 'presence room.1', 'presence room.2'])
  })

  it('needs the permission "subscribe" on the pattern to look at its members', async () => {
    const { one, asked } = await limited('subscribe room.*')
    expect(await one.sends({ Subscribe: { ref: 1, subject: '$presence.room.*.*' } })).toMatchObject([
      { Subscribed: { ref: 1, subject: '$presence.room.*.*' } },
    ])
    expect(await one.sends({ Subscribe: { ref: 2, subject: '$presence.hall.*' } })).toMatchObject([
      { Error: { ref: 2, code: 'forbidden' } },
    ])
    expect(await one.sends({ CanI: { ref: 3, action: 'subscribe', subject: '$presence.room.*.*' } })).toMatchObject([
      { Ack: { ref: 3, allowed: true } },
    ])
    expect(asked).toEqual(['subscribe room.*', 'subscribe hall', 'subscribe room.*'])
  })

  it.each<[frame: object]>([
    [{ Publish: { ref: 1, subject: value, message: 'x' } }],
    [{ Publish: { ref: 1, subject: value, message: 'x', retain: true } }],
    [{ Publish: { ref: 1, subject: '$presence.**', message: 'x', wildcard: true } }],
    [{ Request: { ref: 1, subject: value, message: 'x' } }],
    [{ Subscribe: { ref: 1, subject: value } }],
    [{ Subscribe: { ref: 1, subject: '$presence.room.**' } }],
    [{ Subscribe: { ref: 1, subject: '$presence.$presence.room.1.*' } }],
    [{ Subscribe: { ref: 1, subject: '$presence._reply.*' } }],
    [{ Subscribe: { ref: 1, subject: '$presence.room.1.*', group: 'g' } }],
    [{ Subscribe: { ref: 1, subject: '$presence.room.1.*', serve: true } }],
    [enter(1, { subject: '$presence.room.1' })],
    [enter(1, { subject: '_reply' })],
  ])('is closed to %j', async (frame) => {
    const { client, store, broker } = await valueRelay()
    expect(await client().sends(frame)).toMatchObject([{ Error: { ref: 1 } }])
    expect([store.log, broker.log]).toEqual([[], []])
  })

  it.each([enter(1, { member: 'a.b' }), enter(1, { member: 'a~b' }), leave(1, { member: '' })])(
    'has no member as in %j',
    async (frame) => {
      const { client } = await valueRelay()
      expect(await client().sends(frame)).toMatchObject([{ Error: { ref: 1, code: 'invalid_frame' } }])
    },
  )
})
