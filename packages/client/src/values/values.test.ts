import { WildcastError } from '@wildcast/protocol'
import { describe, expect, test } from 'vitest'
import { start } from '../testing/connect.js'
import { settle } from '../testing/fake-clock.js'
import { keeping } from '../testing/scripted-relay.js'
import { connectToValues } from '../testing/value-relay.js'
import { values } from './values.js'

describe('set', () => {
  test('writes a value, and resolves with its revision', async () => {
    const { client, stored, relay } = await connectToValues()
    const store = values(client)
    expect(await store.set('good.apple', { price: 3 })).toEqual({ revision: 't-0001' })
    expect(stored.get('good.apple')?.message).toBe('{"price":3}')
    expect(relay.link.all('Publish')).toMatchObject([{ retain: true, subject: 'good.apple' }])
  })
  test('sends its conditions, and rejects with the present revision if they are not met', async () => {
    const { client, relay } = await connectToValues()
    const store = values(client)
    const { revision = '' } = await store.set('a', 1, { when: null })
    await store.set('a', 2, { whenRevision: revision, ttlMs: 5000, headers: { x: 'y' }, key: 'k' })
    const refusal = await store.set('a', 3, { whenRevision: revision }).catch((cause) => cause)
    expect(refusal).toBeInstanceOf(WildcastError)
    expect(refusal).toMatchObject({ code: 'condition_failed', revision: 't-0002', retry: false })
    expect(relay.link.all('Publish')).toMatchObject([
      { when: null },
      { when_revision: 't-0001', ttl: 5000, headers: [['x', 'y']], key: 'k' },
      { when_revision: 't-0001' },
    ])
  })
  test('refuses an empty value, a revision that is not there, and a pattern', async () => {
    const { client, relay } = await connectToValues()
    const store = values(client)
    for (const empty of [undefined, '', new Uint8Array()])
      await expect(store.set('a', empty)).rejects.toThrow('an empty value is a deletion: call delete')
    const missing: { whenRevision: string } = { whenRevision: undefined as never }
    await expect(store.set('a', 1, missing)).rejects.toThrow('give { when: null }')
    await expect(store.set('a.*', 1)).rejects.toMatchObject({ code: 'invalid_subject' })
    expect(relay.link.sent).toHaveLength(1)
  })
  test('with watch waits until the condition holds', async () => {
    const { client, write, waiting } = await connectToValues()
    write('a', 'x')
    const written = values(client).set('a', 'y', { when: null, watch: true })
    await settle()
    expect(waiting).toHaveLength(1)
    write('a', undefined)
    expect(await written).toEqual({ revision: 't-0003' })
  })
  test('that waits is cancelled by its signal, and ends after its time', async () => {
    const { client, write, waiting, relay, clock } = await connectToValues()
    write('a', 'x')
    const controller = new AbortController()
    const options = { when: null, watch: true, timeoutMs: 2000 }
    const aborted = values(client).set('a', 'y', { ...options, signal: controller.signal })
    const late = expect(values(client).set('a', 'y', options)).rejects.toMatchObject({ code: 'timeout' })
    await settle()
    expect(relay.link.all('Publish')).toMatchObject([{ watch_timeout: 2000 }, { watch_timeout: 2000 }])
    controller.abort(new Error('enough'))
    await expect(aborted).rejects.toThrow('enough')
    await clock.advance(3000)
    await late
    expect(waiting).toEqual([])
    expect(relay.link.all('Cancel')).toHaveLength(2)
  })
  test('that waits with a will is sent again after a lost session, with the rest of its time', async () => {
    const { client, write, reconnect, relay, clock } = await connectToValues()
    write('a', 'x')
    const written = values(client).set('a', 'y', { when: null, watch: true, timeoutMs: 20_000, will: null })
    await settle()
    await clock.advance(1000)
    await reconnect()
    expect(relay.link.all('Publish')).toMatchObject([{ watch: true, watch_timeout: 19_000 }])
    write('a', undefined)
    expect(await written).toEqual({ revision: 't-0003' })
  })
  test.each([{}, { when: null, watch: true }])(
    'with %o rejects if its session is lost: it may be written',
    async (options) => {
      const { client, ignored, relay } = await connectToValues()
      ignored.add('Publish')
      const written = values(client).set('a', 1, options)
      await settle()
      relay.link.drop()
      await expect(written).rejects.toMatchObject({ code: 'interrupted' })
    },
  )
  test('made offline is sent when the client is connected', async () => {
    const { client, relay } = start()
    relay.answer = (frame) =>
      frame.kind === 'Publish' ? { kind: 'Ack', ref: frame.ref ?? 0, revision: 'r' } : undefined
    expect(await values(client).set('a', 1)).toEqual({ revision: 'r' })
  })
  test('uses the broker of the scope, unless the call names one', async () => {
    const { client, relay } = await connectToValues()
    const store = values(client.broker('orders'))
    await store.set('a', 1)
    await store.set('a', 1, { broker: 'other' })
    await store.get('a')
    expect(relay.link.sent.slice(1)).toMatchObject([{ broker: 'orders' }, { broker: 'other' }, { broker: 'orders' }])
  })
  test('uses the function that a part publishes with, such as an outbox', async () => {
    const kept: unknown[] = []
    const { client } = await connectToValues({
      use: [
        ({ publish }) =>
          (content, report) => {
            kept.push(content)
            return publish(content, report)
          },
      ],
    })
    expect(await values(client).set('a', 1)).toEqual({ revision: 't-0001' })
    expect(kept).toMatchObject([{ subject: 'a', retain: true }])
  })
})

describe('set with a will', () => {
  test('sends the will, and keeps it from being written while the page lives', async () => {
    const { client, clock, relay } = await connectToValues()
    const lost: string[] = []
    const options = { will: { online: false }, willAfterMs: 6000, onLost: ({ code }: WildcastError) => lost.push(code) }
    await values(client).set('user.ada', { online: true }, options)
    expect(relay.link.all('Publish')).toMatchObject([{ will: '{"online":false}', will_after: 6000 }])
    await clock.advance(20_000)
    expect(relay.link.all('CanI').length).toBeGreaterThanOrEqual(10)
    expect(lost).toEqual([])
  })
  test.each(['the relay writes the will', 'the session is lost', 'the client is closed', 'the relay is silent'])(
    'calls onLost once if %s',
    async (what) => {
      const { client, clock, fire, reconnect, ignored } = await connectToValues()
      const lost: string[] = []
      await values(client).set('a', 1, { will: null, onLost: ({ code }) => lost.push(code) })
      if (what === 'the relay writes the will') fire('a')
      else if (what === 'the session is lost') await reconnect()
      else if (what === 'the client is closed') client.close()
      else {
        ignored.add('CanI')
        await clock.advance(10_000)
      }
      await settle()
      expect(lost).toEqual(['interrupted'])
    },
  )
  test('is sent again when the relay does not know its outcome, so that the will holds', async () => {
    const { client, clock, relay, stored } = await connectToValues()
    const { answer } = relay
    const refuse = (...codes: ('interrupted' | 'broker_down')[]): void => {
      relay.answer = (frame) => {
        const code = frame.kind === 'Publish' && codes.shift()
        return code ? { kind: 'Error', ref: frame.ref, code, message: 'no', retry: true } : answer(frame)
      }
    }
    refuse('interrupted', 'broker_down', 'interrupted')
    const written = values(client).set('a', 1, { will: null })
    await clock.advance(10_000)
    expect(await written).toEqual({ revision: 't-0001' })
    expect(relay.link.all('Publish')).toHaveLength(4)
    expect(stored.get('a')?.message).toBe('1')
    for (const [codes, options] of [
      [['broker_down'], { will: null }],
      [['interrupted'], { will: null, when: null }],
      [['interrupted'], { will: null, whenRevision: 't-0001' }],
      [['interrupted'], {}],
    ] as const) {
      refuse(...codes)
      await expect(values(client).set('b', 1, options)).rejects.toMatchObject({ code: codes[0] })
    }
    refuse('interrupted')
    const ended = expect(values(client).set('c', 1, { will: null })).rejects.toMatchObject({ code: 'interrupted' })
    await settle()
    client.close()
    await clock.advance(10_000)
    await ended
    expect(clock.timers).toBe(0)
  })
  test('does not call onLost if this client has replaced the value', async () => {
    const { client, reconnect } = await connectToValues()
    const store = values(client)
    const lost: unknown[] = []
    await store.set('a', 1, { will: null, onLost: (reason) => lost.push(reason) })
    await store.set('a', 2)
    await reconnect()
    expect(lost).toEqual([])
  })
})

describe('get', () => {
  test('resolves with the value and its revision, or undefined', async () => {
    const { client, write } = await connectToValues()
    write('good.apple', '{"price":3}', 'ada')
    const store = values(client)
    expect(await store.get('good.apple')).toMatchObject({
      subject: 'good.apple',
      data: { price: 3 },
      revision: 't-0001',
      user: 'ada',
      retained: true,
      deleted: false,
    })
    expect(await store.get('good.pear')).toBe(undefined)
  })
  test('is sent again after a lost session, and rejects after its time', async () => {
    const { client, relay, ignored, reconnect, write, clock } = await connectToValues()
    write('a', 'x')
    ignored.add('Subscribe')
    const found = values(client).get('a')
    await settle()
    ignored.clear()
    await reconnect()
    expect((await found)?.text()).toBe('x')
    ignored.add('Subscribe')
    const late = expect(values(client).get('a', { timeoutMs: 100 })).rejects.toMatchObject({ code: 'timeout' })
    await clock.advance(1100)
    await late
    expect(relay.link.all('Cancel')).toHaveLength(1)
  })
  test('rejects with a refusal, and when the client is closed', async () => {
    const { client, relay, ignored } = await connectToValues()
    const { answer } = relay
    relay.answer = (frame) =>
      frame.kind === 'Subscribe' && frame.subject === 'secret'
        ? { kind: 'Error', ref: frame.ref, code: 'forbidden', message: 'no', retry: false }
        : answer(frame)
    await expect(values(client).get('secret')).rejects.toMatchObject({ code: 'forbidden' })
    ignored.add('Subscribe')
    const pending = values(client).get('a')
    await settle()
    client.close()
    await expect(pending).rejects.toMatchObject({ code: 'interrupted' })
    await expect(values(client).get('a')).rejects.toMatchObject({ code: 'interrupted' })
  })
  test('continues after a resume', async () => {
    const relay = await connectToValues()
    relay.hello = keeping
    await relay.reconnect()
    relay.write('a', 'x')
    relay.ignored.add('Subscribe')
    const found = values(relay.client).get('a')
    await settle()
    relay.ignored.clear()
    const [{ ref = 0 } = {}] = relay.relay.link.all('Subscribe')
    await relay.reconnect()
    relay.relay.link.send({ kind: 'Message', ref, subject: 'a', message: 'y', broker: 'test', retained: true })
    relay.relay.link.send({ kind: 'Synced', ref })
    expect((await found)?.text()).toBe('y')
    expect(relay.relay.link.all('Subscribe')).toEqual([])
  })
})

describe('delete', () => {
  test('deletes the value, on a condition if one is given', async () => {
    const { client, write, stored, relay } = await connectToValues()
    const revision = write('a', 'x')
    await expect(values(client).delete('a', { whenRevision: 'other' })).rejects.toMatchObject({ revision })
    expect(await values(client).delete('a', { whenRevision: revision })).toEqual({ revision: 't-0002' })
    expect(await values(client).delete('a')).toEqual({ revision: undefined })
    expect(stored.size).toBe(0)
    expect(relay.link.all('Publish').map(({ message }) => message)).toEqual(['', '', ''])
  })
})

test('something else than a client is refused', () => {
  expect(() => values({ publish() {} } as never).watch('a')).toThrow(TypeError)
})
