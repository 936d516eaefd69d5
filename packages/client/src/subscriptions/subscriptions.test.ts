import type { RelayFrame } from '@wildcast/protocol'
import { describe, expect, test, vi } from 'vitest'
import type { Message } from '../messages/message.js'
import { connect, start } from '../testing/connect.js'
import { settle } from '../testing/fake-clock.js'
import type { SubscriptionStatus } from './subscription-events.js'

const message = (id: number, subject: string, text = ''): RelayFrame => ({
  kind: 'Message',
  id,
  subject,
  message: text,
  broker: 'test',
})
const quiet = (): void => undefined

describe('on the wire', () => {
  test('a hundred subscribers of one pattern are one Subscribe', async () => {
    const { client, relay } = await connect()
    const seen: string[] = []
    for (let i = 0; i < 100; i++) client.subscribe('good.*', ({ subject }) => seen.push(subject))
    await settle()
    relay.link.say(message(1, 'good.apple'))
    expect(relay.link.all('Subscribe')).toMatchObject([{ subject: 'good.*', ref: 1 }])
    expect(seen).toHaveLength(100)
  })
  test('spellings of one pattern share an id, get each message once, and know the normal form', async () => {
    const { client, relay, clock } = await connect()
    const seen: unknown[] = []
    const undos = ['good.>', 'good.*.**'].map((spelling) =>
      client.subscribe(spelling, ({ pattern, params }) => seen.push([pattern, params])),
    )
    await settle()
    relay.link.say(message(1, 'good.apple.red'))
    expect(seen).toEqual(Array(2).fill(['good.*.**', ['apple', 'red']]))
    for (const undo of undos) undo()
    await clock.advance(1000)
    expect(relay.link.all('Unsubscribe')).toMatchObject([{ id: 1 }])
  })
  test('another broker or group is another Subscribe', async () => {
    const { client, relay } = await connect({ broker: 'home' })
    client.subscribe('a', quiet)
    client.broker('other').subscribe('a', quiet)
    client.subscribe('a', quiet, { broker: 'third' })
    client.subscribe('a', quiet, { group: 'workers' })
    expect(relay.link.all('Subscribe').map(({ broker, group }) => [broker, group])).toEqual([
      ['home', undefined],
      ['other', undefined],
      ['third', undefined],
      ['home', 'workers'],
    ])
  })
  test('another policy is another Subscribe, and everything as it comes is none', async () => {
    const { client, relay } = await connect()
    client.subscribe('a', quiet)
    client.subscribe('a', quiet, { deliver: 'all', maxRate: undefined })
    client.subscribe('a', quiet, { deliver: 'latest' })
    client.broker('other').subscribe('a', quiet, { deliver: 'latest' })
    client.subscribe('a', { maxRate: 10 })
    client.subscribe('a', quiet, { deliver: 'latest', maxRate: 0.5 })
    client.subscribe('a', quiet, { deliver: 'latest', maxRate: 0.5 })
    expect(relay.link.all('Subscribe').map(({ broker, policy }) => [broker, policy])).toEqual([
      [undefined, undefined],
      [undefined, { deliver: 'latest' }],
      ['other', { deliver: 'latest' }],
      [undefined, { max_rate: 10 }],
      [undefined, { deliver: 'latest', max_rate: 0.5 }],
    ])
  })
  test('policies of one pattern get their own messages, and end apart', async () => {
    const { client, relay, clock } = await connect()
    const seen: string[] = []
    client.subscribe('a', (got) => seen.push(`all ${got.text()}`))
    const undo = client.subscribe('a', (got) => seen.push(`latest ${got.text()}`), { deliver: 'latest' })
    await settle()
    for (const text of ['x', 'y']) relay.link.say(message(1, 'a', text))
    relay.link.say(message(2, 'a', 'y'))
    expect(seen).toEqual(['all x', 'all y', 'latest y'])
    undo()
    await clock.advance(1000)
    expect(relay.link.all('Unsubscribe')).toMatchObject([{ id: 2 }])
  })
  test('a policy that the relay can not do is refused for good', async () => {
    const { client, relay, errors } = await connect()
    relay.answer = (frame) =>
      frame.kind === 'Subscribe'
        ? { kind: 'Error', ref: frame.ref, code: 'unsupported', message: 'no policy', retry: false }
        : undefined
    await expect(client.subscribe('a', { maxRate: 1 }).ready).rejects.toMatchObject({ code: 'unsupported' })
    expect(errors).toMatchObject([{ code: 'unsupported', stage: 'subscription' }])
  })
  test('the last to leave unsubscribes, a second later', async () => {
    const { client, relay, clock } = await connect()
    const undos = [client.subscribe('a', quiet), client.subscribe('a', quiet)]
    await settle()
    for (const undo of undos) undo()
    await clock.advance(999)
    expect(relay.link.all('Unsubscribe')).toEqual([])
    await clock.advance(1)
    expect(relay.link.all('Unsubscribe')).toMatchObject([{ id: 1 }])
  })
  test('an undo that is called twice is one undo', async () => {
    const { client, relay, clock } = await connect()
    const undo = client.subscribe('a', quiet)
    client.subscribe('a', quiet)
    undo()
    undo()
    await clock.advance(2000)
    expect(relay.link.all('Unsubscribe')).toEqual([])
  })
  test('mount, unmount, mount, as StrictMode does, is one Subscribe', async () => {
    const { client, relay, clock } = await connect()
    client.subscribe('a', quiet)()
    client.subscribe('a', quiet)
    await clock.advance(5000)
    expect(relay.link.sent.map(({ kind }) => kind)).toEqual(['Connect', 'Subscribe'])
  })
  test('who comes and goes while offline leaves nothing to ask', async () => {
    const { client, relay, clock } = start()
    client.subscribe('a', quiet)()
    expect(clock.timers).toBe(1) // the deadline of the attempt
    await settle()
    expect(relay.link.all('Subscribe')).toEqual([])
  })
  test('members of a group leave at once', async () => {
    const { client, relay } = await connect()
    const undo = client.subscribe('a', quiet, { group: 'g' })
    await settle()
    undo()
    expect(relay.link.all('Unsubscribe')).toHaveLength(1)
  })
  test('who leaves before the relay has answered is unsubscribed when it does', async () => {
    const { client, relay } = await connect()
    const undo = client.subscribe('a', quiet, { group: 'g' })
    undo()
    expect(relay.link.all('Unsubscribe')).toEqual([])
    await settle()
    expect(relay.link.all('Unsubscribe')).toHaveLength(1)
  })
  test('who comes back before the relay has answered stays', async () => {
    const { client, relay } = await connect()
    client.subscribe('a', quiet, { group: 'g' })()
    const seen: Message[] = []
    client.subscribe('a', (got) => seen.push(got), { group: 'g' })
    await settle()
    relay.link.say(message(1, 'a'))
    expect(relay.link.sent.map(({ kind }) => kind)).toEqual(['Connect', 'Subscribe'])
    expect(seen).toHaveLength(1)
  })
  test('a broker by its name and as the default share an id, and the last of both ends it', async () => {
    const { client, relay, clock } = await connect()
    const seen: string[] = []
    const undo = client.subscribe('a', () => seen.push('default'))
    const other = client.subscribe('a', () => seen.push('named'), { broker: 'test' })
    await settle()
    relay.link.say(message(1, 'a'))
    expect(seen).toEqual(['default', 'named'])
    undo()
    await clock.advance(1000)
    expect(relay.link.all('Unsubscribe')).toEqual([])
    other()
    await clock.advance(1000)
    expect(relay.link.all('Unsubscribe')).toMatchObject([{ id: 1 }])
  })
  test('who is unsubscribed unasked, and without an error, subscribes again', async () => {
    const { client, relay } = await connect()
    const gaps: unknown[] = []
    client.subscribe('a', quiet, { onGap: (gap) => gaps.push(gap) })
    await settle()
    relay.link.say({ kind: 'Unsubscribed', id: 1 })
    await settle()
    expect(relay.link.all('Subscribe')).toHaveLength(2)
    expect(gaps).toEqual([{}])
  })
  test('an aborted signal is an undo; one that was aborted before subscribes nothing', async () => {
    const { client, relay, clock } = await connect()
    const abort = new AbortController()
    client.subscribe('a', quiet, { signal: abort.signal })
    client.subscribe('b', quiet, { signal: AbortSignal.abort() })
    await settle()
    abort.abort()
    await clock.advance(1000)
    expect(relay.link.all('Subscribe')).toHaveLength(1)
    expect(relay.link.all('Unsubscribe')).toHaveLength(1)
  })
  test('an invalid pattern throws at the call', async () => {
    const { client } = await connect()
    expect(() => client.subscribe('a..b', quiet)).toThrow(expect.objectContaining({ code: 'invalid_subject' }))
  })
})

describe('delivery', () => {
  test('a thousand messages of one turn arrive in their order', async () => {
    const { client, relay } = await connect()
    const seen: unknown[] = []
    client.subscribe('good.*', ({ data }) => seen.push(data))
    await settle()
    for (let i = 0; i < 1000; i++) relay.link.say(message(1, 'good.apple', `${i}`))
    expect(seen).toEqual(Array.from({ length: 1000 }, (_, i) => i))
  })
  test('all handlers share one message', async () => {
    const { client, relay } = await connect()
    const seen: Message[] = []
    client.subscribe('good.*', (got) => seen.push(got))
    client.subscribe('good.*', (got) => seen.push(got))
    await settle()
    relay.link.say(message(1, 'good.apple', '{"price":3}'))
    expect(seen[0]).toBe(seen[1])
    expect(seen[0]?.data).toBe(seen[1]?.data)
  })
  test('a handler that throws is reported, and the others still get the message', async () => {
    const { client, relay, errors } = await connect()
    const handler = vi.fn()
    client.subscribe('a', () => {
      throw new Error('boom')
    })
    client.subscribe('a', handler)
    await settle()
    relay.link.say(message(1, 'a'))
    expect(errors).toEqual([{ code: 'internal', stage: 'handler', message: 'boom' }])
    expect(handler).toHaveBeenCalledOnce()
  })
  test('a handler that leaves within a delivery gets nothing more, one that comes waits for the next', async () => {
    const { client, relay } = await connect()
    const late = vi.fn()
    const second = vi.fn()
    client.subscribe('a', () => {
      undo()
      client.subscribe('a', late)
    })
    const undo = client.subscribe('a', second)
    await settle()
    relay.link.say(message(1, 'a'))
    expect(second).not.toHaveBeenCalled()
    expect(late).not.toHaveBeenCalled()
    relay.link.say(message(1, 'a'))
    expect(late).toHaveBeenCalledOnce()
  })
  test('a Gap is told with its count, before the message that follows it', async () => {
    const { client, relay } = await connect()
    const told: unknown[] = []
    const onGap = (gap: unknown): unknown => told.push(gap)
    client.subscribe('a', ({ data }) => told.push(data), { onGap })
    client.subscribe('b', quiet, { onGap })
    await settle()
    relay.link.say({ kind: 'Gap', id: 1, missed: 7 })
    relay.link.say(message(1, 'a', 'x'))
    relay.link.say({ kind: 'Gap', id: 1 })
    expect(told).toEqual([{ missed: 7 }, 'x', {}])
  })
  test('what a newer relay says of a subscription does it no harm', async () => {
    const { client, relay, errors } = await connect()
    const seen: Message[] = []
    client.subscribe('a', (got) => seen.push(got))
    await settle()
    relay.link.say({ kind: 'Synced', id: 1 })
    relay.link.say(message(1, 'a'))
    expect([seen.length, relay.link.all('Subscribe').length, errors]).toEqual([1, 1, []])
  })
  test('ids find their subscriptions also after many have come and gone', async () => {
    const { client, relay, clock } = await connect()
    const seen: string[] = []
    const undos = Array.from({ length: 100 }, (_, i) => client.subscribe(`n${i}`, ({ subject }) => seen.push(subject)))
    await settle()
    for (const undo of undos.slice(0, 99)) undo()
    await clock.advance(1000)
    client.subscribe('late', ({ subject }) => seen.push(subject))
    await settle()
    for (const id of [1, 99, 100, 101]) relay.link.say(message(id, `id ${id}`))
    expect(seen).toEqual(['id 100', 'id 101'])
  })
})

describe('status', () => {
  test('tells the way from the first connection over a drop back to ready, and the gap', async () => {
    const { client, relay, clock } = start()
    const told: unknown[] = []
    client.subscribe('a', quiet, { onStatus: (status) => told.push(status), onGap: (gap) => told.push(gap) })
    await settle()
    expect(told).toEqual(['connecting', 'syncing', 'ready'])
    told.length = 0
    relay.link.drop()
    expect(told).toEqual(['reconnecting'])
    await clock.advance(250)
    expect(told).toEqual(['reconnecting', {}, 'ready'])
    expect(relay.link.all('Subscribe')).toHaveLength(1)
  })
  test('who came during the drop missed nothing', async () => {
    const { client, relay, clock } = await connect()
    const onGap = vi.fn()
    relay.link.drop()
    client.subscribe('a', quiet, { onGap })
    await clock.advance(250)
    expect(onGap).not.toHaveBeenCalled()
  })
  test('the second subscriber is told at once', async () => {
    const { client } = await connect()
    client.subscribe('a', quiet)
    await settle()
    const onStatus = vi.fn()
    client.subscribe('a', quiet, { onStatus })
    expect(onStatus.mock.calls).toEqual([['ready']])
  })
  test('forbidden is denied, is told once, and is asked again with the next connection', async () => {
    const { client, relay, clock, errors } = await connect()
    relay.answer = (frame) =>
      frame.kind === 'Subscribe'
        ? { kind: 'Error', ref: frame.ref, code: 'forbidden', message: 'no', retry: false }
        : undefined
    const statuses: SubscriptionStatus[] = []
    client.subscribe('a', quiet, { onStatus: (status) => statuses.push(status) })
    await clock.advance(30_000)
    expect(statuses.at(-1)).toBe('denied')
    expect(errors).toEqual([{ code: 'forbidden', stage: 'subscription', message: 'no' }])
    relay.answer = () => undefined
    relay.link.drop()
    await clock.advance(250)
    expect(statuses.at(-1)).toBe('ready')
  })
  test('a broker that is down is asked again until it is up', async () => {
    const { client, relay, clock } = await connect()
    let down = 3
    relay.answer = (frame) =>
      frame.kind === 'Subscribe' && down-- > 0
        ? { kind: 'Error', ref: frame.ref, code: 'broker_down', message: 'down', retry: true }
        : undefined
    const onError = vi.fn()
    const statuses: SubscriptionStatus[] = []
    client.subscribe('a', quiet, { onError, onStatus: (status) => statuses.push(status) })
    await clock.advance(250 + 500 + 1000)
    expect(onError).toHaveBeenCalledTimes(3)
    expect(statuses).toEqual(['syncing', 'error', 'syncing', 'error', 'syncing', 'error', 'syncing', 'ready'])
  })
  test('the relay may tell when to ask again', async () => {
    const { client, relay, clock } = await connect()
    relay.answer = (frame) =>
      frame.kind === 'Subscribe'
        ? { kind: 'Error', ref: frame.ref, code: 'broker_down', message: 'down', retry: true, retry_in: 9000 }
        : undefined
    client.subscribe('a', quiet)
    await clock.advance(8999)
    expect(relay.link.all('Subscribe')).toHaveLength(1)
    await clock.advance(1)
    expect(relay.link.all('Subscribe')).toHaveLength(2)
  })
  test('a permission that is withdrawn is denied', async () => {
    const { client, relay, errors } = await connect()
    const statuses: SubscriptionStatus[] = []
    client.subscribe('a', quiet, { onStatus: (status) => statuses.push(status) })
    await settle()
    relay.link.say({ kind: 'Unsubscribed', id: 1, error: { code: 'forbidden', message: 'withdrawn' } })
    expect(statuses.at(-1)).toBe('denied')
    expect(errors).toMatchObject([{ code: 'forbidden', stage: 'subscription' }])
  })
  test('an error about a subscription that lives is told to its subscribers', async () => {
    const { client, relay, errors } = await connect()
    const onError = vi.fn()
    client.subscribe('a', quiet, { onError })
    await settle()
    relay.link.say({ kind: 'Error', id: 1, code: 'rate_limited', message: 'slower', retry: true })
    expect(onError).toHaveBeenCalledWith(expect.objectContaining({ code: 'rate_limited' }))
    expect(errors).toEqual([])
  })
})
