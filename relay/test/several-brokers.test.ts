import { createClient } from '@wildcast/client'
import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { health, http, httpRequest, memory, metrics, newId, realClock, websocket } from '../src/index.js'
import { scriptedBroker } from '../src/testing/scripted-broker.js'
import { connect } from './socket.js'
import { type StartedRelay, startRelay } from './start-relay.js'

const inMemory = memory({ clock: realClock, newId })

/** A relay with two brokers, of which a test moves the second. */
async function startTwo(): Promise<StartedRelay & { readonly sensors: ReturnType<typeof scriptedBroker> }> {
  const sensors = scriptedBroker()
  const { observer, gateway } = metrics()
  const relay = await startRelay({
    brokers: { main: inMemory, sensors: sensors.open },
    gateways: [http, health, gateway, websocket({ mode: 'json' }), httpRequest({ form: 'json' })],
    observer,
  })
  return { ...relay, sensors }
}

describe('several brokers over one WebSocket', () => {
  it('are reached by their names, with a default, over the SDK (SP-BRK-13)', async () => {
    const { address } = await startRelay({ brokers: { main: inMemory, sensors: inMemory } })
    const client = createClient({ url: `ws://${address}`, WebSocket })
    onTestFinished(() => client.close())
    const seen: string[] = []
    const sensors = client.broker('sensors')
    const both = [client.subscribe('a'), sensors.subscribe('a')]
    for (const subscription of both) {
      await subscription.ready
      void (async () => {
        for await (const message of subscription) seen.push(`${message.broker} ${message.text()}`)
      })()
    }
    await client.publish('a', 'on the default')
    await sensors.publish('a', 'on the other')
    await client.publish('a', 'by name', { broker: 'sensors' })
    await expect.poll(() => seen).toEqual(['main on the default', 'sensors on the other', 'sensors by name'])
    expect(client.welcome?.brokers.map(({ name, default: first }) => [name, first])).toEqual([
      ['main', true],
      ['sensors', false],
    ])
  })

  it('are told apart by ?broker= at every HTTP and WebSocket door', async () => {
    const { address } = await startRelay({
      brokers: { main: inMemory, sensors: inMemory },
      gateways: [http, websocket({ mode: 'json' }), httpRequest({ form: 'json' })],
    })
    const listening = await connect(`ws://${address}/subscribe/*?broker=sensors`)
    const classic = await connect(`ws://${address}/ws?broker=sensors`)
    classic.send('{"Subscribe":"request.*.GET.x"}')
    await new Promise((resolve) => classic.ws.once('pong', resolve).ping()) // the relay has read it by then
    await expect
      .poll(async () => {
        await fetch(`http://${address}/publish/a?broker=main`, { method: 'POST', body: 'main' })
        await fetch(`http://${address}/publish/a?broker=sensors`, { method: 'POST', body: 'sensors' })
        return listening.waiting.length
      })
      .toBeGreaterThan(0)
    expect(await listening.json()).toMatchObject({ subject: 'a', broker: 'sensors' })
    const answer = fetch(`http://${address}/request/x?broker=sensors`)
    const question = (await classic.json()) as { response_subject: string }
    const reply = [...Buffer.from(JSON.stringify({ headers: {}, status: 200, body: [111, 107] }))]
    classic.send(JSON.stringify({ Publish: { message: reply, subject: question.response_subject } }))
    expect(await (await answer).text()).toBe('ok')
  })

  it.each(['/publish/a', '/readyz', '/request/a'])(
    'refuse %s where the URL names none that is there, or two',
    async (path) => {
      const { address } = await startTwo()
      const method = path === '/readyz' ? 'GET' : 'POST'
      const unknown = await fetch(`http://${address}${path}?broker=<script>`, { method })
      expect([unknown.status, await unknown.text()]).toEqual([404, expect.stringContaining('there are: main, sensors')])
      const twice = await fetch(`http://${address}${path}?broker=main&broker=sensors`, { method })
      expect([twice.status, await twice.text()]).toEqual([400, expect.stringContaining('name one')])
    },
  )

  it('refuse a handshake that names a broker that does not exist', async () => {
    const { address } = await startTwo()
    const refused = await connect(`ws://${address}/ws?broker=nowhere`, 'wildcast.v1+json').catch(String)
    expect(refused).toContain('400')
  })
})

describe('a broker that is lost', () => {
  it('is told of by readiness and metrics, and costs the others nothing (B13)', async () => {
    const { address, sensors, errors } = await startTwo()
    const get = async (path: string): Promise<[number, string]> => {
      const response = await fetch(`http://${address}${path}`)
      return [response.status, await response.text()]
    }
    const socket = await connect(`ws://${address}/ws`, 'wildcast.v1+json')
    for (const broker of ['main', 'sensors']) {
      socket.send(JSON.stringify({ Subscribe: { ref: 1, subject: 'a', broker } }))
      await socket.json()
    }
    sensors.status('down', new Error('it was unplugged'))
    expect(await get('/readyz')).toEqual([503, expect.stringContaining('it was unplugged')])
    expect((await get('/readyz?broker=main'))[0]).toBe(200)
    expect((await get('/readyz?broker=sensors'))[0]).toBe(503)
    expect((await get('/healthz'))[0]).toBe(200)
    expect((await get('/metrics'))[1]).toContain('wildcast_broker_up{broker="sensors"} 0')
    sensors.status('up')
    socket.send(JSON.stringify({ Publish: { ref: 2, subject: 'a', message: 'still here' } }))
    expect([await socket.json(), await socket.json(), await socket.json()]).toEqual([
      { Gap: { id: 2 } },
      { Message: expect.objectContaining({ id: 1, message: 'still here' }) },
      { Ack: { ref: 2 } },
    ])
    expect((await get('/readyz'))[0]).toBe(200)
    const text = (await get('/metrics'))[1]
    expect(text).toContain('wildcast_broker_up{broker="sensors"} 1')
    expect(text).toContain('wildcast_broker_changes_total{broker="sensors",status="down"} 1')
    expect(text).toContain('wildcast_published_total{broker="main"} 1')
    expect(errors).toEqual([expect.stringContaining('it was unplugged')])
  })
})
