import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Client, createClient } from './client.js'
import { history } from './history/history.js'
import { lock } from './locks/lock.js'
import { outbox } from './outbox/outbox.js'
import type { ClientPart } from './part.js'
import { presence } from './presence/presence.js'
import { createFakeClock, settle } from './testing/fake-clock.js'
import { values } from './values/values.js'

const quiet = (): void => undefined

describe('an environment', () => {
  afterEach(() => vi.unstubAllGlobals())
  const opened: string[] = []
  class OpeningSocket {
    binaryType = ''
    constructor(url: string) {
      opened.push(url)
    }
    addEventListener = quiet
    send = quiet
    close = quiet
  }
  beforeEach(() => {
    opened.length = 0
    vi.stubGlobal('WebSocket', undefined)
  })

  test('without a WebSocket leaves the client idle, without an error', () => {
    const client = createClient({ url: '/ws' })
    const onStatus = vi.fn()
    client.subscribe('a', quiet, { onStatus })
    client.reconnect()
    expect(client.status.state).toBe('idle')
    expect(onStatus.mock.calls).toEqual([['idle']])
    client.close()
  })
  describe.each([
    ['without a WebSocket', 'ws://relay.test', undefined],
    ['that is no page, with a path', '/ws', OpeningSocket],
  ])('%s', (_, url, WebSocket) => {
    test.each<[name: string, call: (client: Client) => Promise<unknown>, use?: ClientPart[]]>([
      ['publish', (client) => client.publish('a', 1)],
      ['request', (client) => client.request('a')],
      ['can', (client) => client.can('publish', 'a')],
      ['get', (client) => values(client).get('a')],
      ['set', (client) => values(client).set('a', 1)],
      ['delete', (client) => values(client).delete('a')],
      ['a set with a will', (client) => values(client).set('a', 1, { will: null })],
      ['a page of a history', (client) => history(client).page('a')],
      ['lock', (client) => lock(client, 'a')],
      ['enter', (client) => presence(client, 'a').enter()],
      ['a publish through an outbox', (client) => client.publish('a', 1), [outbox()]],
    ])('rejects %s at once, with the remedy', async (_, call, use = []) => {
      vi.stubGlobal('WebSocket', WebSocket)
      const clock = createFakeClock()
      const client = createClient({ url, clock, use, onError: quiet })
      await expect(call(client)).rejects.toMatchObject({
        code: 'unsupported',
        retry: false,
        message: expect.stringMatching(/give createClient a WebSocket, such as that of the package ws, or a url/),
      })
      expect(client.status.state).toBe('idle')
      client.close()
      await clock.advance(60_000) // a watch over a will ends by itself
      expect(clock.timers).toBe(0)
    })
  })
  test('that gets a WebSocket after a refusal publishes over it', async () => {
    const client = createClient({ url: 'ws://relay.test' })
    await expect(client.publish('a')).rejects.toMatchObject({ code: 'unsupported' })
    vi.stubGlobal('WebSocket', OpeningSocket)
    const publication = client.publish('a')
    await settle()
    expect({ opened: opened.length, state: publication.state }).toEqual({ opened: 1, state: 'waiting' })
    void publication.outcome
    client.close()
  })
  test('that gets a WebSocket later connects at the next call', async () => {
    const client = createClient({ url: 'ws://relay.test' })
    const onStatus = vi.fn()
    client.subscribe('a', quiet, { onStatus })
    vi.stubGlobal('WebSocket', OpeningSocket)
    client.subscribe('b', quiet)
    await settle()
    expect(opened).toEqual(['ws://relay.test/ws'])
    expect(onStatus.mock.calls).toEqual([['idle'], ['connecting']])
    client.close()
  })
  test('that is a page connects at once, to its own host', async () => {
    vi.stubGlobal('WebSocket', OpeningSocket)
    vi.stubGlobal('location', { href: 'https://shop.test/app/' })
    const client = createClient({ url: '/ws' })
    await settle()
    expect(opened).toEqual(['wss://shop.test/ws'])
    client.close()
  })
  test('that is a server connects at the first call, so that rendering opens nothing', async () => {
    vi.stubGlobal('WebSocket', OpeningSocket)
    const client = createClient({ url: 'ws://relay.test' })
    client.onStatus(quiet)
    await settle()
    expect(opened).toEqual([])
    client.publish('a').catch(quiet)
    await settle()
    expect(opened).toHaveLength(1)
    client.close()
  })
  test('with a WebSocket as an option connects at once', async () => {
    const client = createClient({ url: 'ws://relay.test', WebSocket: OpeningSocket })
    await settle()
    expect(opened).toHaveLength(1)
    client.close()
  })
  test('opens nothing at import', async () => {
    vi.stubGlobal('WebSocket', OpeningSocket)
    vi.resetModules()
    await import('./index.js')
    expect(opened).toEqual([])
  })
  test.each([undefined, '', 'host:3015', 'localhost:3015', 'ftp://relay.test'])('rejects the URL %j', (url) => {
    const transport = vi.fn()
    for (const options of [{}, { WebSocket: OpeningSocket }, { transport }])
      expect(() => createClient({ ...options, url: url as string })).toThrow(TypeError)
  })
  test('without a page throws for a path if a WebSocket is given', () => {
    expect(() => createClient({ url: '/ws', WebSocket: OpeningSocket })).toThrow(/ws:\/\/host\/ws/)
    expect(opened).toEqual([])
  })
})
