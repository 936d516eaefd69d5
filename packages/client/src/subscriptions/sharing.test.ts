import { describe, expect, test } from 'vitest'
import { connect } from '../testing/connect.js'
import { settle } from '../testing/fake-clock.js'
import { message } from '../testing/message-frame.js'

const quiet = (): void => undefined

describe('sharing on the wire', () => {
  test('a hundred subscribers of one pattern send one Subscribe', async () => {
    const { client, relay } = await connect()
    const seen: string[] = []
    for (let i = 0; i < 100; i++) client.subscribe('good.*', ({ subject }) => seen.push(subject))
    await settle()
    relay.link.send(message(1, 'good.apple'))
    expect(relay.link.all('Subscribe')).toMatchObject([{ subject: 'good.*', ref: 1 }])
    expect(seen).toHaveLength(100)
  })
  test('spellings of one pattern share an id, get each message once, and have the normal form', async () => {
    const { client, relay, clock } = await connect()
    const seen: unknown[] = []
    const undos = ['good.>', 'good.*.**'].map((spelling) =>
      client.subscribe(spelling, ({ pattern, params }) => seen.push([pattern, params])),
    )
    await settle()
    relay.link.send(message(1, 'good.apple.red'))
    expect(seen).toEqual(Array(2).fill(['good.*.**', ['apple', 'red']]))
    for (const undo of undos) undo()
    await clock.advance(1000)
    expect(relay.link.all('Unsubscribe')).toMatchObject([{ id: 1 }])
  })
  test('another broker or group needs another Subscribe', async () => {
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
  test('another policy needs another Subscribe, and the default policy is not sent', async () => {
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
  test('policies of one pattern get their own messages, and end separately', async () => {
    const { client, relay, clock } = await connect()
    const seen: string[] = []
    client.subscribe('a', (got) => seen.push(`all ${got.text()}`))
    const undo = client.subscribe('a', (got) => seen.push(`latest ${got.text()}`), { deliver: 'latest' })
    await settle()
    for (const text of ['x', 'y']) relay.link.send(message(1, 'a', text))
    relay.link.send(message(2, 'a', 'y'))
    expect(seen).toEqual(['all x', 'all y', 'latest y'])
    undo()
    await clock.advance(1000)
    expect(relay.link.all('Unsubscribe')).toMatchObject([{ id: 2 }])
  })
  test('a policy that the relay does not support is refused for good', async () => {
    const { client, relay, errors } = await connect()
    relay.answer = (frame) =>
      frame.kind === 'Subscribe'
        ? { kind: 'Error', ref: frame.ref, code: 'unsupported', message: 'no policy', retry: false }
        : undefined
    await expect(client.subscribe('a', { maxRate: 1 }).ready).rejects.toMatchObject({ code: 'unsupported' })
    expect(errors).toMatchObject([{ code: 'unsupported', stage: 'subscription' }])
  })
  test('subscriptions to a broker by name and as the default share an id, which ends with both', async () => {
    const { client, relay, clock } = await connect()
    const seen: string[] = []
    const undo = client.subscribe('a', () => seen.push('default'))
    const other = client.subscribe('a', () => seen.push('named'), { broker: 'test' })
    await settle()
    relay.link.send(message(1, 'a'))
    expect(seen).toEqual(['default', 'named'])
    undo()
    await clock.advance(1000)
    expect(relay.link.all('Unsubscribe')).toEqual([])
    other()
    await clock.advance(1000)
    expect(relay.link.all('Unsubscribe')).toMatchObject([{ id: 1 }])
  })
  test('an invalid pattern throws at the call', async () => {
    const { client } = await connect()
    expect(() => client.subscribe('a..b', quiet)).toThrow(expect.objectContaining({ code: 'invalid_subject' }))
    expect(() => client.subscribe('a*', quiet)).toThrow(`"a*" isn't a pattern: wildcards alone, words joined by "."`)
  })
})
