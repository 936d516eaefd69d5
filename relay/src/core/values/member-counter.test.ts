import { describe, expect, it } from 'vitest'
import type { LineFrame } from '../../testing/line-relay.js'
import { type ValueClient, type ValueRelay, valueRelay } from '../../testing/value-relay.js'

const pattern = '$presence.room.1.*'
const count = (ref: number, fields: object = {}): object => ({
  Subscribe: { ref, subject: pattern, count: true, ...fields },
})
const member = (name: string, room = 1): string => `$presence.room.${room}.${name}`

/** The numbers among frames, with the kinds of the others. */
const numbersOf = (frames: readonly LineFrame[]): unknown[] =>
  frames.map((frame) => frame.Message?.message ?? Object.keys(frame)[0])

/** A relay with this many members, each of another user. */
async function roomOf(size: number, options: Parameters<typeof valueRelay>[0] = {}): Promise<ValueRelay> {
  const relay = await valueRelay(options)
  for (let i = 0; i < size; i++) relay.store.set(member(`user${i}~tab`), '{}')
  return relay
}

/** A client that counts, and has received the first number. */
async function counting({ client, pass }: ValueRelay): Promise<ValueClient> {
  const one = client()
  one.send(count(1))
  await pass(0)
  one.received()
  return one
}

describe('a subscription with "count"', () => {
  it('receives the number of the members at once, and no member', async () => {
    const { client } = await roomOf(10_000)
    expect(await client().sends(count(7))).toEqual([
      { Subscribed: { ref: 7, id: 1, subject: pattern } },
      { Message: { id: 1, subject: pattern, message: '10000', broker: 'main' } },
    ])
  })

  it('receives 0 in an empty room', async () => {
    const { client } = await roomOf(0)
    expect(numbersOf(await client().sends(count(1)))).toEqual(['Subscribed', '0'])
  })

  it('receives the newest number once a second at most, and none while it is the same', async () => {
    const relay = await roomOf(0)
    const { store, pass } = relay
    const one = await counting(relay)
    for (let i = 0; i < 100; i++) store.set(member(`late${i}~tab`), '{}')
    await pass(999)
    expect(one.received()).toEqual([])
    await pass(1)
    expect(numbersOf(one.received())).toEqual(['100'])
    store.set(member('late0~tab'), '')
    store.set(member('late0~tab'), '{}')
    store.set(member('late1~tab'), '{"moved":true}')
    await pass(5000)
    expect(one.received()).toEqual([])
    store.set(member('late0~tab'), '')
    await pass(0)
    expect(numbersOf(one.received())).toEqual(['99'])
  })

  it('counts a user once, each client without a user, and a user in two rooms twice', async () => {
    const { client, store } = await roomOf(0)
    for (const name of ['ada~1', 'ada~2', 'anonymous~1', 'anonymous~2', '%61nonymous~1', '%61nonymous~2'])
      store.set(member(name), '{}')
    store.set(member('ada~1', 2), '{}')
    const one = client()
    expect(numbersOf(await one.sends(count(1)))).toEqual(['Subscribed', '4'])
    expect(numbersOf(await one.sends(count(2, { subject: '$presence.room.*.*' })))).toEqual(['Subscribed', '5'])
  })

  it('leaves a user who closes one of two pages', async () => {
    const relay = await roomOf(0)
    const { store, pass } = relay
    for (const name of ['ada~1', 'ada~2']) store.set(member(name), '{}')
    const one = await counting(relay)
    store.set(member('ada~1'), '')
    await pass(2000)
    expect(one.received()).toEqual([])
    store.set(member('ada~2'), '')
    await pass(0)
    expect(numbersOf(one.received())).toEqual(['0'])
  })

  it('shares its id and its bytes with others that count, not with those that see the members', async () => {
    const relay = await roomOf(2)
    const { client, store, pass } = relay
    const one = await counting(relay)
    const other = client()
    expect(await other.sends(count(1))).toMatchObject([{ Subscribed: { id: 1 } }, { Message: { id: 1, message: '2' } }])
    expect(one.received()).toEqual([])
    expect(await other.sends({ Subscribe: { ref: 2, subject: pattern, retained: true } })).toMatchObject([
      { Subscribed: { id: 2 } },
      { Message: { id: 2, retained: true } },
      { Message: { id: 2, retained: true } },
      { Synced: { id: 2 } },
    ])
    store.set(member('late~tab'), '{}')
    await pass(1000)
    expect(numbersOf(one.received())).toEqual(['3'])
    expect(numbersOf(other.received())).toEqual(['{}', '3'])
    expect(store.log).toEqual([`page ${pattern}`])
  })

  it('receives the number again when it subscribes again', async () => {
    const relay = await roomOf(2)
    const one = await counting(relay)
    expect(await one.sends(count(2))).toMatchObject([{ Subscribed: { ref: 2, id: 1 } }, { Message: { message: '2' } }])
  })

  it('receives nothing after it has left, and the number of then when it comes back', async () => {
    const relay = await roomOf(2)
    const { store, pass } = relay
    const one = await counting(relay)
    store.set(member('late~tab'), '{}')
    await one.sends({ Unsubscribe: { id: 1 } })
    await pass(500)
    store.set(member('later~tab'), '{}')
    expect(one.received()).toEqual([])
    expect(numbersOf(await one.sends(count(2)))).toEqual(['Subscribed'])
    await pass(500)
    expect(numbersOf(one.received())).toEqual(['4'])
  })

  it('receives the right number after a gap, also if it is the same', async () => {
    const relay = await roomOf(2)
    const { broker, store, pass } = relay
    const one = await counting(relay)
    await pass(1000)
    for (const lost of ['late~tab', 'user0~tab']) {
      store.mute()
      store.set(member(lost), lost === 'late~tab' ? '{}' : '')
      broker.status('down')
      await pass(1000)
      broker.status('up')
      await pass(1000)
      expect(numbersOf(one.received())).toEqual(['Gap', 'Gap', lost === 'late~tab' ? '3' : '2'])
    }
    broker.status('down')
    broker.status('up')
    await pass(1000)
    expect(numbersOf(one.received())).toEqual(['Gap', 'Gap', '2'])
  })

  it('is notified of the lost link when it subscribes again meanwhile', async () => {
    const relay = await roomOf(2)
    const { broker } = relay
    const one = await counting(relay)
    broker.status('down')
    expect(await one.sends(count(2))).toEqual([
      { Gap: { id: 1, open: true } },
      { Subscribed: { ref: 2, id: 1, subject: pattern } },
      { Gap: { id: 1, open: true } },
    ])
  })

  it('waits for the link, and counts when it is up', async () => {
    const { broker, client, pass } = await roomOf(2)
    const one = client()
    broker.status('down')
    expect(await one.sends(count(1))).toEqual([])
    broker.status('up')
    await pass(0)
    expect(numbersOf(one.received())).toEqual(['Subscribed', '2'])
  })

  it('ends with too_large past the limit of kept values', async () => {
    const relay = await roomOf(2, { limits: { valueCache: 1000 } })
    const { store, pass } = relay
    const one = await counting(relay)
    for (let i = 0; i < 10; i++) store.set(member(`late${i}~tab`), '{}')
    await pass(0)
    expect(one.received()).toMatchObject([{ Unsubscribed: { id: 1, error: { code: 'too_large' } } }])
  })

  it.each<[fields: object, code: string]>([
    [{ subject: 'room.1' }, 'invalid_frame'],
    [{ subject: '$presence.room.**' }, 'invalid_frame'],
    [{ subject: member('ada~tab') }, 'invalid_frame'],
    [{ subject: '$presence._reply.*' }, 'forbidden'],
    [{ group: 'g' }, 'invalid_frame'],
    [{ serve: true }, 'invalid_frame'],
    [{ retained: true }, 'invalid_frame'],
    [{ snapshot: true }, 'invalid_frame'],
    [{ policy: { deliver: 'latest' } }, 'invalid_frame'],
  ])('with %j is refused with %s', async (fields, code) => {
    const { client } = await roomOf(0)
    expect(await client().sends(count(1, fields))).toMatchObject([{ Error: { ref: 1, code } }])
  })

  it('is refused with what names the fields of the history', async () => {
    const { client } = await roomOf(0)
    const [refused] = await client().sends(count(1, { after: 'start' }))
    expect(refused?.Error).toMatchObject({
      code: 'invalid_frame',
      message: expect.stringContaining('"after" and "last"'),
    })
  })

  it('needs the permission to subscribe to the pattern', async () => {
    const { client } = await roomOf(1, {
      authorize: ({ kind, subject }) => `${kind} ${subject}` === 'subscribe room.1',
    })
    const one = client()
    expect(numbersOf(await one.sends(count(1)))).toEqual(['Subscribed', '1'])
    expect(await one.sends(count(2, { subject: '$presence.room.*.*' }))).toMatchObject([
      { Error: { code: 'forbidden' } },
    ])
  })
})
