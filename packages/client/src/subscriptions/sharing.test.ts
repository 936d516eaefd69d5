import { describe, expect, test } from 'vitest'
import { tested } from '../testing/tested.js'

const quiet = (): void => undefined

describe('sharing on the wire', () => {
  test('a hundred subscribers of one pattern send one Subscribe', async () => {
    const { client, relay } = await tested({ brokers: ['main', 'other'] })
    const seen: string[] = []
    for (let i = 0; i < 100; i++) client.subscribe('good.*', ({ subject }) => seen.push(subject))
    await relay.settled()
    await relay.publish('good.apple', '')
    expect(relay.frames('Subscribe')).toMatchObject([{ subject: 'good.*', ref: 1 }])
    expect(seen).toHaveLength(100)
  })
  test('spellings of one pattern share an id, get each message once, and have the normal form', async () => {
    const { client, relay, clock } = await tested({ brokers: ['main', 'other'] })
    const seen: unknown[] = []
    const undos = ['good.>', 'good.*.**'].map((spelling) =>
      client.subscribe(spelling, ({ pattern, params }) => seen.push([pattern, params])),
    )
    await relay.settled()
    await relay.publish('good.apple.red', '')
    expect(seen).toEqual(Array(2).fill(['good.*.**', ['apple', 'red']]))
    for (const undo of undos) undo()
    await clock.advance(1000)
    expect(relay.frames('Unsubscribe')).toHaveLength(1)
  })
  test('another broker or group needs another Subscribe', async () => {
    const { client, relay } = await tested({ brokers: ['main', 'home', 'other', 'third'], client: { broker: 'home' } })
    client.subscribe('a', quiet)
    client.broker('other').subscribe('a', quiet)
    client.subscribe('a', quiet, { broker: 'third' })
    client.subscribe('a', quiet, { group: 'workers' })
    await relay.settled()
    expect(relay.frames('Subscribe').map(({ broker, group }) => [broker, group])).toEqual([
      ['home', undefined],
      ['other', undefined],
      ['third', undefined],
      ['home', 'workers'],
    ])
  })
  test('another policy needs another Subscribe, and the default policy is not sent', async () => {
    const { client, relay } = await tested({ brokers: ['main', 'other'] })
    client.subscribe('a', quiet)
    client.subscribe('a', quiet, { deliver: 'all', maxRate: undefined })
    client.subscribe('a', quiet, { deliver: 'latest' })
    client.broker('other').subscribe('a', quiet, { deliver: 'latest' })
    client.subscribe('a', { maxRate: 10 })
    client.subscribe('a', quiet, { deliver: 'latest', maxRate: 0.5 })
    client.subscribe('a', quiet, { deliver: 'latest', maxRate: 0.5 })
    await relay.settled()
    expect(relay.frames('Subscribe').map(({ broker, policy }) => [broker, policy])).toEqual([
      [undefined, undefined],
      [undefined, { deliver: 'latest' }],
      ['other', { deliver: 'latest' }],
      [undefined, { max_rate: 10 }],
      [undefined, { deliver: 'latest', max_rate: 0.5 }],
    ])
  })
  test('policies of one pattern get their own messages, and end separately', async () => {
    const { client, relay, clock } = await tested({ brokers: ['main', 'other'] })
    const seen: string[] = []
    client.subscribe('a', (got) => seen.push(`all ${got.text()}`))
    const undo = client.subscribe('a', (got) => seen.push(`latest ${got.text()}`), { deliver: 'latest' })
    await relay.settled()
    const release = relay.slow(client)
    const long = 'x'.repeat(50_000)
    for (const text of [long, 'y', 'z']) await relay.publish('a', text)
    release()
    await relay.settled()
    expect(seen.filter((text) => text.startsWith('all'))).toEqual([`all ${long}`, 'all y', 'all z'])
    expect(seen.filter((text) => text.startsWith('latest')).at(-1)).toBe('latest z')
    undo()
    await clock.advance(1000)
    seen.length = 0
    await relay.publish('a', 'x')
    expect([relay.frames('Unsubscribe').length, seen]).toEqual([1, ['all x']])
  })
  test('subscriptions to a broker by name and as the default share an id, which ends with both', async () => {
    const { client, relay, clock } = await tested({ brokers: ['main', 'other'] })
    const seen: string[] = []
    const undo = client.subscribe('a', () => seen.push('default'))
    const other = client.subscribe('a', () => seen.push('named'), { broker: 'main' })
    await relay.settled()
    await relay.publish('a', '')
    expect(seen).toEqual(['default', 'named'])
    undo()
    await clock.advance(1000)
    expect(relay.frames('Unsubscribe')).toEqual([])
    other()
    await clock.advance(1000)
    expect(relay.frames('Unsubscribe')).toHaveLength(1)
  })
  test('an invalid pattern throws at the call', async () => {
    const { client } = await tested({ brokers: ['main', 'other'] })
    expect(() => client.subscribe('a..b', quiet)).toThrow(expect.objectContaining({ code: 'invalid_subject' }))
    expect(() => client.subscribe('a*', quiet)).toThrow(`"a*" isn't a pattern: wildcards alone, words joined by "."`)
  })
})
