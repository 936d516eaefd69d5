import { randomInt } from 'node:crypto'
import { type Client, type ClientOptions, createClient } from '@wildcast/client'
import { stream as overHttp } from '@wildcast/client/stream'
import { expect, it, onTestFailed } from 'vitest'
import { WebSocket } from 'ws'
import { http, streamEndpoint, websocket } from '../src/index.js'
import { endsWithTest } from './servers/ends-with-test.js'
import { lossyNetwork } from './servers/lossy-network.js'
import { openProxy } from './servers/tcp-proxy.js'
import { startRelay } from './start-relay.js'

// Row N3: 200 kbit/s, 10 % of the packets lost, and a delay that differs between connections. The
// delay is a quarter of the row's, and there are few bytes, so that it takes seconds. A lost packet
// is modelled by its effect on TCP: a pause of one round trip on its connection.
const network = { bytesPerMs: 25, delayMs: [300, 700], lostOf: 10, repeatMs: 1000 } as const

const ways: [string, Partial<ClientOptions>, typeof streamEndpoint][] = [
  ['WebSocket', { WebSocket }, websocket()],
  ['plain HTTP', { transport: overHttp }, streamEndpoint],
]

/** Resolves when the broker has confirmed the subscription. */
function listen(client: Client, onMessage: (n: number) => void, onGap: () => void): Promise<void> {
  return new Promise((resolve) => {
    client.subscribe<{ n: number }>('n.*', ({ data }) => onMessage(data.n), {
      onGap,
      onStatus: (status) => status === 'ready' && resolve(),
    })
  })
}

it.each(ways)(
  'over a slow network that loses packets, all messages arrive once and in order: %s (N3)',
  async (_, options, gateway) => {
    const seed = randomInt(1, 2 ** 31 - 1)
    onTestFailed(() => console.error(`the network's seed was ${seed}`))
    const relay = await startRelay({ gateways: [http, gateway] })
    const lossy = lossyNetwork({ seed, ...network })
    const { port } = endsWithTest(await openProxy(relay.port, lossy))
    const connect = (): Client =>
      endsWithTest(createClient({ url: `ws://127.0.0.1:${port}`, onError: () => {}, ...options }))
    const [publisher, subscriber] = [connect(), connect()]
    const got: number[] = []
    let gaps = 0
    await listen(
      subscriber,
      (n) => got.push(n),
      () => gaps++,
    )

    // Several batches, so that later ones could overtake earlier ones on another connection.
    const publish = (from: number, to: number): Promise<unknown>[] =>
      Array.from({ length: to - from }, (_, i) =>
        publisher.publish(`n.${(from + i) % 3}`, { n: from + i, filler: 'x'.repeat(400) }),
      )
    const outcomes = publish(0, 20)
    await outcomes[0]
    outcomes.push(...publish(20, 40))
    await outcomes[20]
    outcomes.push(...publish(40, 60))
    expect(await Promise.all(outcomes)).toEqual(Array(60).fill('confirmed'))
    await expect.poll(() => got.length).toBe(60)
    expect(got).toEqual(Array.from({ length: 60 }, (_, n) => n))
    expect(gaps).toBe(0)
    expect(lossy.lost).toBeGreaterThan(0)
  },
)
