import { WildcastError } from '@wildcast/protocol'
import { describe, expect, test } from 'vitest'
import { loseSession, started, type Tested, tested } from '../testing/tested.js'
import { values } from './values.js'

/** Writes a value as another program does. */
const write = ({ relay }: Tested, subject: string, data: unknown): Promise<void> =>
  relay.publish(subject, data, { retain: true })

describe('set', () => {
  test('writes a value, and resolves with its revision', async () => {
    const { client, relay } = await tested()
    const { revision } = await values(client).set('good.apple', { price: 3 })
    expect(relay.published()).toMatchObject([{ subject: 'good.apple', data: { price: 3 }, retained: true }])
    expect(revision).toBe((await values(client).get('good.apple'))?.revision)
  })
  test('sends its conditions, and rejects with the present revision if they are not met', async () => {
    const { client, relay } = await tested()
    const store = values(client)
    const { revision = '' } = await store.set('a', 1, { when: null })
    const second = await store.set('a', 2, { whenRevision: revision, ttlMs: 5000, headers: { x: 'y' }, key: 'k' })
    const refusal = await store.set('a', 3, { whenRevision: revision }).catch((cause) => cause)
    expect(refusal).toBeInstanceOf(WildcastError)
    expect(refusal).toMatchObject({ code: 'condition_failed', revision: second.revision, retry: false })
    await expect(store.set('a', 3, { when: null })).rejects.toMatchObject({ code: 'condition_failed' })
    expect(relay.frames('Publish')).toMatchObject([
      { when: null },
      { when_revision: revision, ttl: 5000, headers: [['x', 'y']], key: 'k' },
      { when_revision: revision },
      { when: null },
    ])
  })
  test('refuses an empty value, a revision that is not there, and a pattern', async () => {
    const { client, relay } = await tested()
    const store = values(client)
    for (const empty of [undefined, '', new Uint8Array()])
      await expect(store.set('a', empty)).rejects.toThrow('an empty value is a deletion: call delete')
    const missing: { whenRevision: string } = { whenRevision: undefined as never }
    await expect(store.set('a', 1, missing)).rejects.toThrow('give { when: null }')
    await expect(store.set('a.*', 1)).rejects.toMatchObject({ code: 'invalid_subject' })
    expect(relay.frames('Publish')).toEqual([])
  })
  test('with watch waits until the condition holds', async () => {
    const one = await tested()
    await write(one, 'a', 'x')
    const store = values(one.client)
    let isWritten = false
    const written = store.set('a', 'y', { when: null, watch: true }).finally(() => {
      isWritten = true
    })
    await one.relay.settled()
    expect(isWritten).toBe(false)
    await values(one.relay.createClient()).delete('a')
    const { revision } = await written
    expect(await store.get('a')).toMatchObject({ data: 'y', revision })
  })
  test('that waits is cancelled by its signal, and ends after its time', async () => {
    const one = await tested()
    const { client, relay, clock } = one
    await write(one, 'a', 'x')
    const controller = new AbortController()
    const options = { when: null, watch: true, timeoutMs: 2000 }
    const aborted = values(client).set('a', 'y', { ...options, signal: controller.signal })
    const late = expect(values(client).set('a', 'y', options)).rejects.toMatchObject({ code: 'timeout' })
    await relay.settled()
    expect(relay.frames('Publish')).toMatchObject([{ watch_timeout: 2000 }, { watch_timeout: 2000 }])
    controller.abort(new Error('enough'))
    await expect(aborted).rejects.toThrow('enough')
    await clock.advance(3000)
    await late
    expect(relay.frames('Cancel')).toHaveLength(2)
    await values(client).delete('a')
    await relay.settled()
    expect(await values(client).get('a')).toBeUndefined() // neither waits now
  })
  test('that waits with a will is sent again after a lost session, with the rest of its time', async () => {
    const one = await tested()
    await write(one, 'a', 'x')
    const store = values(one.client)
    const written = store.set('a', 'y', { when: null, watch: true, timeoutMs: 20_000, will: null })
    await one.clock.advance(1000)
    await loseSession(one)
    expect(one.relay.frames('Publish').slice(1)).toMatchObject([{ watch: true, watch_timeout: 19_000 }])
    await values(one.relay.createClient()).delete('a')
    const { revision } = await written
    expect(await store.get('a')).toMatchObject({ data: 'y', revision })
  })
  test.each([{}, { when: null, watch: true }])(
    'with %o rejects if its session is lost: it may be written',
    async (options) => {
      const one = await tested()
      one.relay.delay(1000)
      const written = expect(values(one.client).set('a', 1, options)).rejects.toMatchObject({ code: 'interrupted' })
      await one.relay.settled()
      one.relay.delay(0)
      await loseSession(one)
      await written
    },
  )
  test('made offline is sent when the client is connected', async () => {
    const { client, relay, clock } = await started()
    relay.cut({ forMs: 1000 })
    await relay.settled()
    expect(client.status.state).not.toBe('online')
    const written = values(client).set('a', 1)
    await clock.advance(10_000)
    expect(await written).toEqual({ revision: expect.any(String) })
  })
  test('uses the broker of the scope, unless the call names one', async () => {
    const { client, relay } = await tested({ brokers: ['main', 'orders', 'other'] })
    const store = values(client.broker('orders'))
    await store.set('a', 1)
    await store.set('a', 2, { broker: 'other' })
    expect((await store.get('a'))?.data).toBe(1)
    expect(relay.published().map(({ broker, data }) => [broker, data])).toEqual([
      ['orders', 1],
      ['other', 2],
    ])
  })
  test('uses the function that a part publishes with, such as an outbox', async () => {
    const kept: unknown[] = []
    const { client } = await tested({
      client: {
        use: [
          ({ publish }) =>
            (content, report) => {
              kept.push(content)
              return publish(content, report)
            },
        ],
      },
    })
    expect(await values(client).set('a', 1)).toEqual({ revision: expect.any(String) })
    expect(kept).toMatchObject([{ subject: 'a', retain: true }])
  })
})

describe('set with a will', () => {
  test('sends the will, and keeps it from being written while the page lives', async () => {
    const { client, clock, relay } = await tested()
    const lost: string[] = []
    const options = { will: { online: false }, willAfterMs: 6000, onLost: ({ code }: WildcastError) => lost.push(code) }
    await values(client).set('user.ada', { online: true }, options)
    expect(relay.frames('Publish')).toMatchObject([{ will: '{"online":false}', will_after: 6000 }])
    await clock.advance(20_000)
    expect(relay.frames('CanI').length).toBeGreaterThanOrEqual(10)
    expect(lost).toEqual([])
    expect((await values(client).get('user.ada'))?.data).toEqual({ online: true })
    relay.cut({ client, forMs: 60_000 })
    await clock.advance(10_000)
    expect((await values(relay.createClient()).get('user.ada'))?.data).toEqual({ online: false })
  })
  test.each(['the session is lost', 'the client is closed', 'the relay is silent'])(
    'calls onLost once if %s',
    async (what) => {
      const one = await tested()
      const lost: string[] = []
      await values(one.client).set('a', 1, { will: null, onLost: ({ code }) => lost.push(code) })
      if (what === 'the session is lost') await loseSession(one)
      else if (what === 'the client is closed') one.client.close()
      else one.relay.slow(one.client)
      await one.clock.advance(10_000)
      expect(lost).toEqual(['interrupted'])
    },
  )
  test('does not call onLost if this client has replaced the value', async () => {
    const one = await tested()
    const store = values(one.client)
    const lost: unknown[] = []
    await store.set('a', 1, { will: null, onLost: (reason) => lost.push(reason) })
    await store.set('a', 2)
    await loseSession(one)
    await one.clock.advance(20_000)
    expect(lost).toEqual([])
    expect((await store.get('a'))?.data).toBe(2)
  })
})

describe('get', () => {
  test('resolves with the value and its revision, or undefined', async () => {
    const tokens = { ada: { user: 'ada', publish: ['**'], subscribe: ['**'] } }
    const { client, relay } = await tested({ auth: { tokens }, client: { token: 'ada' } })
    const store = values(client)
    const { revision } = await values(relay.createClient({ token: 'ada' })).set('good.apple', { price: 3 })
    expect(await store.get('good.apple')).toMatchObject({
      subject: 'good.apple',
      data: { price: 3 },
      revision,
      user: 'ada',
      retained: true,
      deleted: false,
    })
    expect(await store.get('good.pear')).toBe(undefined)
  })
  test('is sent again after a lost session, and rejects after its time', async () => {
    const one = await tested()
    const { client, relay, clock } = one
    await write(one, 'a', 'x')
    relay.delay(1000)
    const found = values(client).get('a')
    await relay.settled()
    relay.delay(0)
    await loseSession(one)
    expect((await found)?.text()).toBe('x')
    relay.delay(10_000)
    const late = expect(values(client).get('a', { timeoutMs: 100 })).rejects.toMatchObject({ code: 'timeout' })
    await clock.advance(1100)
    await late
    expect(relay.frames('Cancel')).toHaveLength(1)
  })
  test('rejects with a refusal, and when the client is closed', async () => {
    const { client, relay } = await tested()
    relay.refuse('subscribe', 'secret')
    await expect(values(client).get('secret')).rejects.toMatchObject({ code: 'forbidden' })
    relay.delay(1000)
    const pending = values(client).get('a')
    await relay.settled()
    client.close()
    await expect(pending).rejects.toMatchObject({ code: 'interrupted' })
    await expect(values(client).get('a')).rejects.toMatchObject({ code: 'interrupted' })
  })
  test('continues after a resume', async () => {
    const one = await tested()
    const { client, relay, clock } = one
    await write(one, 'a', 'x')
    relay.delay(1000)
    const found = values(client).get('a')
    await clock.advance(1500) // the answer is on its way
    relay.cut()
    relay.delay(0)
    await clock.advance(5000)
    expect((await found)?.text()).toBe('x')
    expect(relay.frames('Subscribe')).toHaveLength(1)
  })
})

describe('delete', () => {
  test('deletes the value, on a condition if one is given', async () => {
    const one = await tested()
    const store = values(one.client)
    const { revision = '' } = await store.set('a', 'x')
    await expect(store.delete('a', { whenRevision: 'other' })).rejects.toMatchObject({ revision })
    expect(await store.delete('a', { whenRevision: revision })).toEqual({ revision: expect.any(String) })
    expect(await store.delete('a')).toEqual({ revision: undefined })
    expect(await store.get('a')).toBeUndefined()
    expect(one.relay.frames('Publish').map(({ message }) => message)).toEqual(['x', '', '', ''])
  })
})

test('something else than a client is refused', () => {
  expect(() => values({ publish() {} } as never).watch('a')).toThrow(TypeError)
})
