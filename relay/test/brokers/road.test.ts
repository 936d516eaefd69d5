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

// The whole road: an SDK, a relay, a real broker, and whoever is there already.

const gateways = [http, health, websocket({}), httpRequest({ form: 'json', timeoutMs: 60_000 })]

function connect({ address }: StartedRelay, options: Partial<Parameters<typeof createClient>[0]> = {}): Client {
  const client = createClient({ url: `ws://${address}`, WebSocket, ...options })
  onTestFinished(() => client.close())
  return client
}

/** What a subscription brings, from when it is confirmed. */
async function listen(client: Client, pattern: string): Promise<string[]> {
  const heard: string[] = []
  await new Promise<void>((resolve) => {
    client.subscribe(pattern, (message) => heard.push(`${message.subject} ${message.text()}`), {
      onStatus: (status) => status === 'ready' && resolve(),
    })
  })
  return heard
}

describe.each(Object.entries(kinds))('over %s', (_, kind) => {
  let server: Program
  beforeAll(async () => {
    server = await kind.start()
    return () => server.stop()
  })
  const relay = (): Promise<StartedRelay> =>
    startRelay({ brokers: { main: openBroker(kind.settings(server.port, 5000)) }, gateways })

  it('browsers on two relays and strangers hear each other', async () => {
    const [here, there] = [connect(await relay()), connect(await relay(), { codec: msgpack })]
    const stranger = kind.stranger(server.port)
    const heard = [await listen(here, 'good.*'), await listen(there, 'good.**')]
    const overheard = await stranger.listen('good.*')
    await there.publish('good.apple', { ripe: true })
    await stranger.publish('good.pear', 'soft')
    for (const one of heard) await expect.poll(() => one).toEqual(['good.apple {"ripe":true}', 'good.pear soft'])
    expect(await overheard.next()).toEqual({ subject: 'good.apple', payload: '{"ripe":true}' })
  })

  it("a stranger's service answers a browser (SP-GW-7)", async () => {
    const service = await kind.stranger(server.port).serve('math.sum')
    const [answer, question] = await Promise.all([
      connect(await relay()).request('math.sum', [1, 2], { timeoutMs: 60_000 }),
      service.answer('3'),
    ])
    expect([question, answer.data]).toEqual(['[1,2]', 3])
  })

  it("a stranger's service answers an HTTP request (SP-GW-7)", async () => {
    const stranger = kind.stranger(server.port)
    const { address } = await relay()
    // As long as a path may be: its subject is longer by the id and the method.
    const path = ['good', 'x'.repeat(200), ...Array.from({ length: 22 }, () => 'a')]
    const questions = await stranger.listen(`request.*.POST.${path.join('.')}`)
    const [response] = await Promise.all([
      fetch(`http://${address}/request/${path.join('/')}`, { method: 'POST', body: 'hi' }),
      questions.next().then(async ({ subject, payload }) => {
        const { body } = JSON.parse(payload) as { body: number[] }
        const answer = { status: 201, headers: { 'x-from': 'afar' }, body: [...body, 33] }
        await stranger.publish(subject.replace(/^request/, 'response'), JSON.stringify(answer))
      }),
    ])
    expect([response.status, response.headers.get('x-from'), await response.text()]).toEqual([201, 'afar', 'hi!'])
  })

  it("a browser's server answers a stranger, and browsers at other relays (SP-GW-7)", async () => {
    const [serving, asking] = [connect(await relay()), connect(await relay())]
    serving.serve('shout', (question) => `${question.text().toUpperCase()}!`)
    // A server that is not there yet is asked again.
    const ask = (): Promise<unknown> => asking.request('shout', 'hey').then(({ data }) => data, String)
    await expect.poll(ask).toBe('HEY!')
    expect(await kind.stranger(server.port).ask('shout', 'hello')).toBe('HELLO!')
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
  it('serves others, says so, and goes on when it is there (SP-BRK-12)', async () => {
    const server = endsWithTest(await kind.start())
    await server.kill()
    const brokers = { main: openBroker(kind.settings(server.port, 500)), other: memory({ clock: realClock, newId }) }
    const { address, errors } = await startRelay({ brokers, gateways })
    const client = connect({ address } as StartedRelay)
    const ready = async (broker: string): Promise<[number, string]> => {
      const response = await fetch(`http://${address}/readyz?broker=${broker}`)
      return [response.status, await response.text()]
    }
    expect((await fetch(`http://${address}/healthz`)).status).toBe(200)
    const [status, why] = await ready('main')
    expect([status, why]).toEqual([503, expect.stringContaining(`127.0.0.1:${server.port}`)])
    expect((await ready('other'))[0]).toBe(200)
    await expect(client.publish('a', 'x')).rejects.toMatchObject({ code: 'broker_down' })
    await client.broker('other').publish('a', 'x')
    const heard = listen(client, 'a.*')
    await server.restart()
    await expect.poll(async () => (await ready('main'))[0]).toBe(200)
    const inbox = await heard
    await client.publish('a.b', 'there')
    await expect.poll(() => inbox).toEqual(['a.b there'])
    expect(new Set(errors.map((line) => (JSON.parse(line) as { code: string }).code))).toEqual(new Set(['broker_down']))
  })
})
