import { type Client, createClient } from '@wildcast/client'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { WebSocket } from 'ws'
import { health, http, serverSentEvents, streamEndpoint, websocket } from '../src/index.js'
import { eventSource } from './event-source.js'
import { makeCertificates } from './servers/certificates.js'
import { endsWithTest } from './servers/ends-with-test.js'
import { startCaddy, startNginx } from './servers/reverse-proxies.js'
import { startRelay } from './start-relay.js'

/** Trusts the certificate of the proxy. */
class Trusting extends WebSocket {
  constructor(url: string, protocols: string[]) {
    super(url, protocols, { ca: makeCertificates().ca })
  }
}

function clientOf(url: string, Socket: unknown = Trusting): Client {
  const client = createClient({ url, WebSocket: Socket as typeof WebSocket })
  onTestFinished(() => client.close())
  return client
}

/** `fetch` has no option for it in Node. */
function trustEverything(): void {
  vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0')
  onTestFinished(() => void vi.unstubAllEnvs())
}

const gateways = [http, health, serverSentEvents, streamEndpoint, websocket({ mode: 'json' })]

describe.each([
  ['nginx', startNginx],
  ['Caddy', startCaddy],
] as const)('behind %s, with the configuration in deploy/', (_, startProxy) => {
  /** A relay behind the proxy, under its path prefix. */
  async function behind() {
    trustEverything()
    const { port } = await startRelay({ gateways, trustedProxies: ['127.0.0.0/8'] })
    const proxy = endsWithTest(await startProxy([port, port]))
    return { host: `localhost:${proxy.port}/realtime` }
  }

  it('a client works over a WebSocket', async () => {
    const { host } = await behind()
    const client = clientOf(`wss://${host}/ws`)
    const subscription = client.subscribe('a.*')
    await subscription.ready
    expect(client.status).toMatchObject({ transport: 'websocket' })
    await client.publish('a.b', 1)
    for await (const { data } of subscription) {
      expect(data).toBe(1)
      break
    }
  })

  it('a client works over HTTP, and Server-Sent Events arrive at once', async () => {
    const { host } = await behind()
    class Refused extends WebSocket {
      constructor(_url: string, protocols: string[]) {
        super('ws://127.0.0.1:1', protocols)
      }
    }
    const client = clientOf(`wss://${host}/ws`, Refused)
    const subscription = client.subscribe('a.*')
    await subscription.ready
    expect(client.status).not.toMatchObject({ transport: 'websocket' })
    const source = await eventSource(`https://${host}/subscribe/a.*`)
    await fetch(`https://${host}/publish/a.b`, { method: 'POST', body: 'hi' })
    expect(await source.next()).toMatchObject({ data: { message: 'hi' } })
    for await (const message of subscription) {
      expect(message.text()).toBe('hi')
      break
    }
  })
})
