import { type Client, createClient } from '@wildcast/client'
import { msgpack } from '@wildcast/client/msgpack'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { health, http, httpRequest, memory, newId, realClock, websocket } from '../../src/index.js'
import { openBroker } from '../../src/node/open-broker.js'
import { endsWithTest } from '../servers/ends-with-test.js'
import type { Program } from '../servers/program.js'
import { type StartedRelay, startRelay } from '../start-relay.js'
import { kinds } from './kinds.js'

// An SDK, a relay, a real broker, and a foreign client of that broker.

const gateways = [http, health, websocket({}), httpRequest({ form: 'json', timeoutMs: 60_000 })]

function connect({ address }: StartedRelay, options: Partial<Parameters<typeof createClient>[0]> = {}): Client {
  const client = createClient({ url: `ws://${address}`, WebSocket, ...options })
  onTestFinished(() => client.close())
  return client
}

/** Subscribes. Resolves with the list of its messages when it is confirmed. */
async function listen(client: Client, pattern: string): Promise<string[]> {
  const received: string[] = []
  await new Promise<void>((resolve) => {
    client.subscribe(pattern, (message) => received.push(`${message.subject} ${message.text()}`), {
      onStatus: (status) => status === 'ready' && resolve(),
    })
  })
  return received
}

describe.each(Object.entries(kinds))('over %s', (_, kind) => {
  let server: Program
  beforeAll(async () => {
    server = await kind.start()
    return () => server.stop()
  })
  const relay = (): Promise<StartedRelay> =>
    startRelay({ brokers: { main: openBroker(kind.settings(server.port, 5000)) }, gateways })

  it('browsers on two relays and foreign clients receive from each other', async () => {
    const [here, there] = [connect(await relay()), connect(await relay(), { codec: msgpack })]
    const foreign = kind.foreignClient(server.port)
    const lists = [await listen(here, 'good.*'), await listen(there, 'good.**')]
    const subscription = await foreign.listen('good.*')
    await there.publish('good.apple', { ripe: true })
    await foreign.publish('good.pear', 'soft')
    for (const list of lists) await expect.poll(() => list).toEqual(['good.apple {"ripe":true}', 'good.pear soft'])
    expect(await subscription.next()).toEqual({ subject: 'good.apple', payload: '{"ripe":true}' })
  })

  it('a foreign service answers a browser (SP-GW-7)', async () => {
    const service = await kind.foreignClient(server.port).serve('math.sum')
    const [answer, request] = await Promise.all([
      connect(await relay()).request('math.sum', [1, 2], { timeoutMs: 60_000 }),
      service.answer('3'),
    ])
    expect(request).toBe('[1,2]')
    expect(answer.data).toBe(3)
  })

  it('a foreign service answers an HTTP request (SP-GW-7)', async () => {
    const foreign = kind.foreignClient(server.port)
    const { address } = await relay()
    // The longest path that is allowed: its subject is longer by the id and the method.
    const path = ['good', 'x'.repeat(200), ...Array.from({ length: 22 }, () => 'a')]
    const requests = await foreign.listen(`request.*.POST.${path.join('.')}`)
    const [response] = await Promise.all([
      fetch(`http://${address}/request/${path.join('/')}`, { method: 'POST', body: 'hi' }),
      requests.next().then(async ({ subject, payload }) => {
        const { body } = JSON.parse(payload) as { body: number[] }
        const answer = { status: 201, headers: { 'x-from': 'afar' }, body: [...body, 33] }
        await foreign.publish(subject.replace(/^request/, 'response'), JSON.stringify(answer))
      }),
    ])
    expect(response.status).toBe(201)
    expect(response.headers.get('x-from')).toBe('afar')
    expect(await response.text()).toBe('hi!')
  })

  it("a browser's server answers a foreign client, and browsers at other relays (SP-GW-7)", async () => {
    const [serving, requesting] = [connect(await relay()), connect(await relay())]
    serving.serve('shout', (request) => `${request.text().toUpperCase()}!`)
    // Retries until the server is ready.
    const answer = (): Promise<unknown> => requesting.request('shout', 'hey').then(({ data }) => data, String)
    await expect.poll(answer).toBe('HEY!')
    expect(await kind.foreignClient(server.port).request('shout', 'hello')).toBe('HELLO!')
  })

  it('a queue over two relays gives each of 1000 messages to one member', async () => {
    const members = [connect(await relay()), connect(await relay())]
    const taken = await Promise.all(
      members.map(async (client) => {
        const mine: number[] = []
        await new Promise<void>((resolve) => {
          client.subscribe('order.*', (message) => mine.push(message.data as number), {
            group: 'packers',
            onStatus: (status) => status === 'ready' && resolve(),
          })
        })
        return mine
      }),
    )
    const publisher = connect(await relay())
    const orders = Array.from({ length: 1000 }, (_, i) => i)
    await Promise.all(orders.map((order) => publisher.publish(`order.${order % 3}`, order)))
    await expect.poll(() => taken.flat().length).toBe(1000)
    expect(taken.flat().sort((a, b) => a - b)).toEqual(orders)
    for (const mine of taken) expect(mine.length).toBeGreaterThan(50)
  })
})

describe.each(Object.entries(kinds))('a relay that starts without its %s', (_, kind) => {
  it('serves other brokers, reports it on /readyz, and connects when it is up (SP-BRK-12)', async () => {
    const server = endsWithTest(await kind.start())
    await server.kill()
    const brokers = { main: openBroker(kind.settings(server.port, 500)), other: memory({ clock: realClock, newId }) }
    const { address, errors } = await startRelay({ brokers, gateways })
    const client = connect({ address } as StartedRelay)
    const ready = async (broker: string): Promise<{ status: number; body: string }> => {
      const response = await fetch(`http://${address}/readyz?broker=${broker}`)
      return { status: response.status, body: await response.text() }
    }
    expect((await fetch(`http://${address}/healthz`)).status).toBe(200)
    expect(await ready('main')).toEqual({ status: 503, body: expect.stringContaining(`127.0.0.1:${server.port}`) })
    expect((await ready('other')).status).toBe(200)
    await expect(client.publish('a', 'x')).rejects.toMatchObject({ code: 'broker_down' })
    await client.broker('other').publish('a', 'x')
    const subscribed = listen(client, 'a.*')
    await server.restart()
    await expect.poll(async () => (await ready('main')).status).toBe(200)
    const received = await subscribed
    await client.publish('a.b', 'there')
    await expect.poll(() => received).toEqual(['a.b there'])
    expect(new Set(errors.map((line) => (JSON.parse(line) as { code: string }).code))).toEqual(new Set(['broker_down']))
  })
})
