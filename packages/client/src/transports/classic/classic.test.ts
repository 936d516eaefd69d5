import { jsonCodec, type RelayFrame } from '@wildcast/protocol'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { openOriginal, start, watch } from '../../testing/original.js'
import { platformClock } from '../../time/clock.js'
import { values } from '../../values/values.js'
import { transportContract } from '../transport.contract.js'
import { classic } from './classic.js'

transportContract('classic', classic, openOriginal)

describe('subscriptions', () => {
  test('that overlap get each of their messages once', async () => {
    const { client, original } = await start()
    const patterns = ['good.*', 'good.apple', 'good.**', 'bad.*', '**']
    const watched = await Promise.all(patterns.map((pattern) => watch(client, pattern)))
    await Promise.all(watched.map(({ ready }) => ready))
    for (const subject of ['good.apple', 'good.pear', 'good.apple.red', 'bad.apple', 'good.apple'])
      await client.publish(subject)
    for (const subject of ['good.apple', 'bad.end']) await client.publish(subject, 'end')
    expect(await Promise.all(watched.map(({ seen }) => seen))).toEqual([
      ['good.apple', 'good.pear', 'good.apple'],
      ['good.apple', 'good.apple'],
      ['good.apple', 'good.pear', 'good.apple.red', 'good.apple'],
      ['bad.apple'],
      ['good.apple', 'good.pear', 'good.apple.red', 'bad.apple', 'good.apple'],
    ])
    // The sockets connect in any order.
    expect([...original.lanes].sort()).toEqual([['**'], ['good.**'], ['good.*', 'bad.*'], ['good.apple']])
  })
  test('are converted to their normal form, and refused without one', async () => {
    const { client, original } = await start()
    const { ready, seen } = await watch(client, 'good.>')
    await ready
    await client.publish('good.apple.red')
    await client.publish('good.apple', 'end')
    expect(await seen).toEqual(['good.apple.red'])
    expect(original.lanes).toEqual([['good.*.**']])
    await expect(client.subscribe('**.a.**.b.**').ready).rejects.toMatchObject({ code: 'invalid_subject' })
  })
  test('of one pattern share one Subscribe, also after an undo', async () => {
    const { client, original } = await start()
    const first = client.subscribe('good.*')
    await first.ready
    first.unsubscribe()
    const second = client.subscribe('good.*', { broker: 'test' })
    await second.ready
    await client.publish('good.apple')
    for await (const _ of second) break
    expect(original.lanes).toEqual([['good.*']])
  })
  test('of one broker get no message of another', async () => {
    const { client } = await start()
    const subscription = client.subscribe('good.*', { broker: 'one' })
    await subscription.ready
    await client.publish('good.apple', 1, { broker: 'two' })
    await client.publish('good.apple', 2, { broker: 'one' })
    for await (const { data, broker } of subscription) {
      expect({ data, broker }).toEqual({ data: 2, broker: 'one' })
      break
    }
  })
  test('have a gap after a reconnect', async () => {
    const { client, original } = await start()
    const gap = new Promise((resolve) => {
      const subscription = client.subscribe('good.*', { onGap: resolve })
      void subscription.ready.then(() => original.hangUp(1012, 'restart'))
    })
    expect(await gap).toEqual({})
  })
  test('are all restored when one of several sockets is lost', async () => {
    const { client, original } = await start()
    const ready = ['good.*', 'good.**'].map((pattern) => client.subscribe(pattern).ready)
    await Promise.all(ready)
    await vi.waitFor(() => expect(original.lanes.map((lane) => lane.length)).toEqual([1, 1]))
    const back = new Promise<void>((resolve) => client.onStatus(({ state }) => state === 'online' && resolve()))
    ;[...original.sockets][1]?.terminate()
    await back
    await vi.waitFor(() => expect(original.lanes.map((lane) => lane.length)).toEqual([1, 1, 1, 1]))
  })
})

describe('publish', () => {
  test('resolves as unknown', async () => {
    const { client } = await start()
    expect(await client.publish('good.apple', 1)).toBe('unknown')
  })
  test('rejects options that the dialect does not support', async () => {
    const { client } = await start()
    const refused = { code: 'unsupported' }
    await expect(client.publish('a', 1, { headers: new Map([['k', 'v']]) })).rejects.toMatchObject(refused)
    await expect(client.publish('a.*', 1, { wildcard: true })).rejects.toMatchObject(refused)
    await expect(client.request('a', 1, { headers: new Map([['k', 'v']]) })).rejects.toMatchObject(refused)
    await expect(client.subscribe('a', { group: 'g' }).ready).rejects.toMatchObject(refused)
    await expect(client.subscribe('a', { deliver: 'latest' }).ready).rejects.toMatchObject(refused)
    await expect(client.subscribe('a', { retained: true }).ready).rejects.toMatchObject(refused)
    await expect(client.subscribe('a', { filter: null }).ready).rejects.toMatchObject(refused)
    await expect(values(client).get('a')).rejects.toMatchObject(refused)
    await expect(values(client).set('a', 1)).rejects.toMatchObject(refused)
  })
  test('reports a token as unsupported', async () => {
    const { client, errors } = await start({ token: 'secret' })
    await client.publish('a')
    expect(errors).toEqual(['protocol unsupported'])
  })
})

describe('a question about permissions', () => {
  test('is refused as unsupported', async () => {
    const { client } = await start()
    await expect(client.can('publish', 'a')).rejects.toMatchObject({
      code: 'unsupported',
      message: "a classic server doesn't support questions about permissions: use the dialect v1",
    })
  })
})

test('a renewal of the token is refused as unsupported', async () => {
  const { settings } = await openOriginal()
  const answer = await new Promise<RelayFrame>((resolve) => {
    const open = (): void => transport.send({ kind: 'Authenticate', ref: 0, token: 'newer' })
    const transport = classic(
      { open, frame: resolve, fault() {}, close() {} },
      { ...settings, codec: jsonCodec, clock: platformClock },
    )
    onTestFinished(() => transport.close())
  })
  expect(answer).toMatchObject({ kind: 'Error', ref: 0, code: 'unsupported' })
})

describe('request', () => {
  test('that cannot be encoded rejects alone, also if its answer needs another socket', async () => {
    const { client, errors } = await start()
    await client.subscribe('response.*.a').ready
    const refused = client.request('a', 1, { broker: 1n as never })
    await expect(refused).rejects.toMatchObject({ code: 'invalid_frame' })
    expect(await client.publish('b', 1)).toBe('unknown')
    expect(errors).toEqual([])
  })
  test('is answered by the responder on the prefixed subject', async () => {
    const { client, original } = await start()
    await new Promise<void>((resolve) =>
      client.serve('math.sum', ({ data, subject }) => ({ subject, data }), {
        onStatus: (s) => s === 'ready' && resolve(),
      }),
    )
    const { data, subject } = await client.request('math.sum', [1, 2])
    expect(subject).toBe('math.sum')
    expect(data).toEqual({ subject: 'math.sum', data: [1, 2] })
    client.close()
    const ulid = '[0-9A-HJKMNP-TV-Z]{26}'
    expect(await original.published()).toEqual([
      expect.stringMatching(`^request\\.${ulid}\\.math\\.sum$`),
      expect.stringMatching(`^response\\.${ulid}\\.math\\.sum$`),
    ])
  })
  test('on the subject itself is served, too; a publish without a response subject is not', async () => {
    const { client } = await start()
    const requests: unknown[] = []
    await new Promise<void>((resolve) =>
      client.serve('a', ({ data }) => requests.push(data), { onStatus: (status) => status === 'ready' && resolve() }),
    )
    const replies = client.subscribe('reply')
    await replies.ready
    await client.publish('a', 'no request')
    await client.publish('a', 'request', { responseSubject: 'reply' })
    for await (const _ of replies) break
    expect(requests).toEqual(['request'])
  })
  test('times out without a responder', async () => {
    const { client } = await start()
    await expect(client.request('unserved', 1, { timeoutMs: 20 })).rejects.toMatchObject({ code: 'timeout' })
  })
  test('is interrupted by a drop', async () => {
    const { client, original } = await start()
    await client.publish('a')
    const answer = client.request('unserved')
    original.hangUp(1012, 'restart')
    await expect(answer).rejects.toMatchObject({ code: 'interrupted' })
  })
})
