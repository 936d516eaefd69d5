import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createClient } from './client.js'
import { start } from './testing/connect.js'
import { settle } from './testing/fake-clock.js'

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
    const { transport } = start().relay
    for (const options of [{}, { WebSocket: OpeningSocket }, { transport }])
      expect(() => createClient({ ...options, url: url as string })).toThrow(TypeError)
  })
  test('without a page throws for a path if a WebSocket is given', () => {
    expect(() => createClient({ url: '/ws', WebSocket: OpeningSocket })).toThrow(/ws:\/\/host\/ws/)
    expect(opened).toEqual([])
  })
})
