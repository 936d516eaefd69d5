import { describe, expect, it } from 'vitest'
import { settled } from '../../testing/scripted-link.js'
import { valueRelay } from '../../testing/value-relay.js'
import { nobody } from '../observer.js'

const revision = expect.stringMatching(/^\w{10}-\w{9}$/)
const failed = (ref: number, present?: string): object => ({
  Error: { ref, code: 'condition_failed', retry: false, ...(present && { revision: present }) },
})

describe('a publish with retain', () => {
  it('is answered with the revision, which rises', async () => {
    const { client } = await valueRelay()
    const one = client()
    const [first] = await one.retain(1, 'a', 'x')
    const [second] = await one.retain(2, 'a', 'x')
    expect(first).toEqual({ Ack: { ref: 1, revision } })
    expect(String(second?.Ack?.revision) > String(first?.Ack?.revision)).toBe(true)
  })

  it('that deletes nothing is answered without a revision', async () => {
    const { client, store } = await valueRelay()
    expect(await client().retain(1, 'a', '')).toEqual([{ Ack: { ref: 1 } }])
    expect(store.written).toEqual([])
  })

  it('is written in order with what the session publishes before and after', async () => {
    const { client, broker, store } = await valueRelay()
    const { log } = broker
    const one = client()
    store.log.push = (...lines) => log.push(...lines)
    one.send({ Publish: { subject: 'a', message: '1' } })
    one.send({ Publish: { subject: 'b', message: '2', retain: true } })
    one.send({ Publish: { subject: 'c', message: '3' } })
    one.send({ Publish: { subject: 'd', message: '', retain: true } })
    await settled()
    expect(log).toEqual(['!a', 'write b', '!c', 'write d'])
  })

  it.each<[fields: object, code: string]>([
    [{ wildcard: true, subject: 'a.*' }, 'unsupported'],
    [{ subject: '$presence.a.me~1' }, 'forbidden'],
    [{ subject: 'response.01J8ZEXAMP0000000000000000.x' }, 'forbidden'],
    [{ when: 'x'.repeat(1100) }, 'too_large'],
    [{ when: { a: Array(600).fill(0) } }, 'too_large'],
    [{ when: Array(20_000).fill(255) }, 'too_large'],
    [{ when: [[[[[[[[[1]]]]]]]]] }, 'too_large'],
    [{ when: null, when_revision: 'x' }, 'invalid_frame'],
    [{ watch: true }, 'invalid_frame'],
    [{ more: true }, 'unsupported'],
    [{ message: undefined, error: { code: 'sold_out', message: 'none left' } }, 'unsupported'],
    [{ message: '', will: 'x' }, 'invalid_frame'],
    [{ will: 'x'.repeat(2000) }, 'rate_limited'],
  ])('with %j is refused with %s, and changes nothing', async (fields, code) => {
    const { client, store } = await valueRelay({ limits: { payload: 1500 } })
    expect(await client().retain(1, 'a', 'x', fields)).toMatchObject([{ Error: { ref: 1, code } }])
    expect(store.log).toEqual([])
  })

  it.each(['when', 'when_revision', 'watch', 'will', 'ttl'])('is needed for "%s" (FX-SYN-11)', async (field) => {
    const { client, broker } = await valueRelay()
    const value = field === 'watch' ? true : field === 'ttl' ? 5 : 'x'
    const answer = await client().sends({ Publish: { ref: 1, subject: 'a', message: 'x', [field]: value } })
    expect(answer).toMatchObject([{ Error: { ref: 1, code: 'unsupported' } }])
    expect(broker.log).toEqual([])
  })

  it('needs the permission to publish', async () => {
    const authorize = ({ kind }: { kind: string }): boolean => kind !== 'publish'
    const { client, store } = await valueRelay({ authorize })
    expect(await client().retain(1, 'a', 'x')).toMatchObject([{ Error: { ref: 1, code: 'forbidden' } }])
    expect(store.log).toEqual([])
  })
})

describe('a condition', () => {
  it('"null" holds if there is no value (FX-SYN-1), else the answer has the present revision (FX-SYN-2)', async () => {
    const { client, store } = await valueRelay()
    const one = client()
    const [ack] = await one.retain(1, 'lock', '{"pid":1}', { when: null })
    expect(ack).toEqual({ Ack: { ref: 1, revision } })
    expect(await one.retain(2, 'lock', '{"pid":2}', { when: null })).toMatchObject([
      failed(2, ack?.Ack?.revision as string),
    ])
    expect(store.get('lock')).toBe('{"pid":1}')
    await one.retain(3, 'lock', '') // unlocks (FX-SYN-20)
    expect(await one.retain(4, 'lock', '{"pid":2}', { when: null })).toMatchObject([{ Ack: { ref: 4 } }])
  })

  it('that is not met has no effect that a subscriber receives (FX-SYN-3)', async () => {
    const { client, store } = await valueRelay()
    store.set('a', '1')
    const observer = client()
    await observer.sends({ Subscribe: { ref: 1, subject: 'a' } })
    await client().retain(1, 'a', '2', { when: null })
    await client().retain(1, 'a', '2', { when: 3 })
    await client().retain(1, 'a', '2', { when_revision: 'other' })
    expect(observer.received()).toEqual([])
    await client().retain(1, 'a', '2', { when: 1 })
    expect(observer.received()).toMatchObject([{ Message: { subject: 'a', message: '2', revision } }])
  })

  it('that is not met counts as a failed publish', async () => {
    const counted: string[] = []
    const observer = {
      ...nobody,
      published: () => void counted.push('published'),
      failed: (_: string, code: string) => void counted.push(code),
    }
    const { client } = await valueRelay({ observer })
    for (const ref of [1, 2]) await client().retain(ref, 'a', '1', { when: null })
    expect(counted).toEqual(['published', 'condition_failed'])
  })

  it('"when_revision" holds for one revision only (Q3)', async () => {
    const { client, store } = await valueRelay()
    const one = client()
    const old = store.set('a', '1')
    const present = store.set('a', '1')
    expect(await one.retain(1, 'a', '2', { when_revision: old })).toMatchObject([failed(1, present)])
    expect(await one.retain(2, 'a', '2', { when_revision: present })).toMatchObject([{ Ack: { ref: 2 } }])
    expect(await one.retain(3, 'b', '2', { when_revision: present })).toMatchObject([failed(3)])
  })

  it('in JSON holds if the value contains it', async () => {
    const { client, store } = await valueRelay()
    store.set('a', '{"state":"ready","n":3}')
    const one = client()
    expect(await one.retain(1, 'a', 'x', { when: { state: 'busy' } })).toMatchObject([failed(1)])
    expect(await one.retain(2, 'a', '"x"', { when: { state: 'ready' } })).toMatchObject([{ Ack: { ref: 2 } }])
    expect(await one.retain(3, 'a', 'no JSON', { when: 'x' })).toMatchObject([{ Ack: { ref: 3 } }])
    expect(await one.retain(4, 'a', 'y', { when: 'no JSON' })).toMatchObject([failed(4)])
    expect(await one.retain(5, 'none', 'y', { when: {} })).toMatchObject([failed(5)])
  })

  it('in JSON is judged again if another write comes between, 10 times', async () => {
    const { client, store } = await valueRelay()
    store.set('a', '0')
    const another = (): void => void store.set('a', '0')
    const one = client()
    store.between(9, another)
    expect(await one.retain(1, 'a', '1', { when: 0 })).toMatchObject([{ Ack: { ref: 1 } }])
    another()
    store.between(10, another)
    expect(await one.retain(2, 'a', '1', { when: 0 })).toMatchObject([failed(2)])
    expect(store.get('a')).toBe('0')
  })

  it('of one write is judged before later writes of the session', async () => {
    const { client, store } = await valueRelay()
    store.set('a', '0')
    const one = client()
    const release = store.hold()
    one.send({ Publish: { ref: 1, subject: 'a', message: '1', retain: true, when: 0 } })
    one.send({ Publish: { ref: 2, subject: 'a', message: '2', retain: true } })
    one.send({ Publish: { ref: 3, subject: 'a', message: '3', retain: true, when: 2 } })
    release()
    await settled()
    expect(store.written).toEqual(['a=0', 'a=1', 'a=2', 'a=3'])
  })
})

describe('a publish with retain and a key', () => {
  it('is written once, and a repeat gets the same revision, also in another session', async () => {
    const { client, store } = await valueRelay()
    const [first] = await client().retain(1, 'a', 'x', { key: 'k', when: null })
    const [again] = await client().retain(2, 'a', 'x', { key: 'k', when: null })
    expect(again?.Ack).toEqual({ ref: 2, revision: first?.Ack?.revision })
    expect(store.written).toEqual(['a=x'])
  })

  it('may be sent again after a failure', async () => {
    const { client, store } = await valueRelay()
    const one = client()
    store.set('a', '0')
    expect(await one.retain(1, 'a', 'x', { key: 'k', when: null })).toMatchObject([failed(1)])
    store.set('a', '')
    expect(await one.retain(2, 'a', 'x', { key: 'k', when: null })).toMatchObject([{ Ack: { ref: 2 } }])
  })

  it('is another message with another will', async () => {
    const { client } = await valueRelay()
    const one = client()
    await one.retain(1, 'a', 'x', { key: 'k', will: 'y' })
    expect(await one.retain(2, 'a', 'x', { key: 'k', will: 'z' })).toMatchObject([
      { Error: { ref: 2, code: 'invalid_frame' } },
    ])
  })

  it.each<[other: object]>([
    [{ retain: undefined }],
    [{ when: null }],
    [{ when_revision: 'x' }],
    [{ will: '' }],
    [{ will: null }],
    [{ ttl: 5 }],
  ])('is another message with %j', async (other) => {
    const { client } = await valueRelay()
    const one = client()
    await one.retain(1, 'a', 'x', { key: 'k' })
    expect(await one.retain(2, 'a', 'x', { key: 'k', ...other })).toMatchObject([
      { Error: { ref: 2, code: 'invalid_frame' } },
    ])
  })
})
