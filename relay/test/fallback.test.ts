import type { createClient } from '@wildcast/client'
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { WebSocket } from 'ws'
import { http, stream, websocket } from '../src/index.js'
import { startRelay } from './start-relay.js'

/** A tab's memory. */
const kept: Record<string, string> = {}

/** As in a page of this tab: modules are fresh, the tab's memory is not. */
async function page(): Promise<typeof createClient> {
  vi.resetModules()
  return (await import('@wildcast/client')).createClient
}

/** Counts what is tried. */
function counting(): { readonly Socket: typeof WebSocket; tries(): number } {
  let tries = 0
  class Socket extends WebSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols)
      tries++
    }
  }
  return { Socket: Socket as never, tries: () => tries }
}

describe('where no WebSocket comes through', () => {
  beforeEach(() => {
    for (const key of Object.keys(kept)) delete kept[key]
    vi.stubGlobal('sessionStorage', kept)
    return () => void vi.unstubAllGlobals()
  })

  it('a client goes on over HTTP, and the tab remembers', async () => {
    const { address } = await startRelay({ gateways: [http, stream] })
    const { Socket, tries } = counting()
    const open = async () => {
      const client = (await page())({ url: `ws://${address}`, WebSocket: Socket, onError: () => {} })
      onTestFinished(() => client.close())
      client.reconnect()
      await expect.poll(() => client.status.state).toBe('online')
      return client
    }
    const client = await open()
    const heard: unknown[] = []
    await new Promise<void>((resolve) => {
      client.subscribe('a', (message) => heard.push(message.data), {
        onStatus: (status) => status === 'ready' && resolve(),
      })
    })
    expect(await client.publish('a', { over: 'HTTP' })).toBe('confirmed')
    await expect.poll(() => heard).toEqual([{ over: 'HTTP' }])
    // One that failed, and one to make sure.
    expect([tries(), kept]).toEqual([2, { wildcast: 'http' }])
    await open()
    expect(tries()).toBe(2)
  })

  it('a relay that was only away is reached by WebSocket again', async () => {
    const first = await startRelay({ gateways: [http, stream, websocket()] })
    await first.close()
    const { Socket, tries } = counting()
    const client = (await page())({ url: `ws://${first.address}`, WebSocket: Socket, onError: () => {} })
    onTestFinished(() => client.close())
    await expect.poll(() => client.status.state).toBe('waiting')
    await startRelay({ gateways: [http, stream, websocket()], port: first.port })
    client.reconnect()
    await expect.poll(() => client.status.state).toBe('online')
    expect(tries()).toBeGreaterThan(1)
    expect(kept).toEqual({})
  })

  it('a tab that remembers finds out when they come through again, once HTTP does not', async () => {
    kept.wildcast = 'http'
    const relay = await startRelay({ gateways: [http, websocket()] })
    const { Socket, tries } = counting()
    const client = (await page())({ url: `ws://${relay.address}`, WebSocket: Socket, onError: () => {} })
    onTestFinished(() => client.close())
    await expect.poll(() => client.status.state).toBe('online')
    expect([tries(), kept]).toEqual([1, {}])
  })
})
