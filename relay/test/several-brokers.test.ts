import { createClient } from '@wildcast/client'
import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { health, http, httpRequest, memory, metrics, newId, realClock, websocket } from '../src/index.js'
import { scriptedBroker } from '../src/testing/scripted-broker.js'
import { connect } from './socket.js'
import { type StartedRelay, startRelay } from './start-relay.js'

const inMemory = memory({ clock: realClock, newId })

/** A relay with two brokers, the second of which a test controls. */
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

  it('are selected by ?broker= at every HTTP and WebSocket endpoint', async () => {
    const { address } = await startRelay({
      brokers: { main: inMemory, sensors: inMemory },
      gateways: [http, websocket({ mode: 'json' }), httpRequest({ form: 'json' })],
    })
    const listening = await connect(`ws://${address}/subscribe/*?broker=sensors`)
    const classic = await connect(`ws://${address}/ws?broker=sensors`)
    classic.send('{"Subscribe":"request.*.GET.x"}')
    await new Promise((resolve) => classic.ws.once('pong', resolve).ping()) // the relay has read it before
    await expect
      .poll(async () => {
        await fetch(`http://${address}/publish/a?broker=main`, { method: 'POST', body: 'main' })
        await fetch(`http://${address}/publish/a?broker=sensors`, { method: 'POST', body: 'sensors' })
        return listening.waiting.length
      })
      .toBeGreaterThan(0)
    expect(await listening.json()).toMatchObject({ subject: 'a', broker: 'sensors' })
    const answer = fetch(`http://${address}/request/x?broker=sensors`)
    const request = (await classic.json()) as { response_subject: string }
    const reply = [...Buffer.from(JSON.stringify({ headers: {}, status: 200, body: [111, 107] }))]
    classic.send(JSON.stringify({ Publish: { message: reply, subject: request.response_subject } }))
    expect(await (await answer).text()).toBe('ok')
  })

  it.each(['/publish/a', '/readyz', '/request/a'])(
    'refuse %s if the URL names an unknown broker, or two',
    async (path) => {
      const { address } = await startTwo()
      const method = path === '/readyz' ? 'GET' : 'POST'
      const unknown = await fetch(`http://${address}${path}?broker=<script>`, { method })
      expect(unknown.status).toBe(404)
      expect(await unknown.text()).toContain('there are: main, sensors')
      const twice = await fetch(`http://${address}${path}?broker=main&broker=sensors`, { method })
      expect(twice.status).toBe(400)
      expect(await twice.text()).toContain('name one')
    },
  )

  it('refuse a handshake that names a broker that does not exist', async () => {
    const { address } = await startTwo()
    const refused = await connect(`ws://${address}/ws?broker=nowhere`, 'wildcast.v1+json').catch(String)
    expect(refused).toContain('400')
  })
})

describe('a lost broker', () => {
  it('is reported by readiness and metrics, and does not affect the others (B13)', async () => {
    const { address, sensors, errors } = await startTwo()
    const get = async (path: string): Promise<{ status: number; text: string }> => {
      const response = await fetch(`http://${address}${path}`)
      return { status: response.status, text: await response.text() }
    }
    const socket = await connect(`ws://${address}/ws`, 'wildcast.v1+json')
    for (const broker of ['main', 'sensors']) {
      socket.send(JSON.stringify({ Subscribe: { ref: 1, subject: 'a', broker } }))
      await socket.json()
    }
    sensors.status('down', new Error('it was unplugged'))
    expect(await get('/readyz')).toEqual({ status: 503, text: expect.stringContaining('it was unplugged') })
    expect((await get('/readyz?broker=main')).status).toBe(200)
    expect((await get('/readyz?broker=sensors')).status).toBe(503)
    expect((await get('/healthz')).status).toBe(200)
    expect((await get('/metrics')).text).toContain('wildcast_broker_up{broker="sensors"} 0')
    sensors.status('up')
    socket.send(JSON.stringify({ Publish: { ref: 2, subject: 'a', message: 'still here' } }))
    const frames = [await socket.json(), await socket.json(), await socket.json(), await socket.json()]
    expect(frames).toEqual([
      { Gap: { id: 2, open: true } },
      { Gap: { id: 2 } },
      { Message: expect.objectContaining({ id: 1, message: 'still here' }) },
      { Ack: { ref: 2 } },
    ])
    expect((await get('/readyz')).status).toBe(200)
    const { text } = await get('/metrics')
    expect(text).toContain('wildcast_broker_up{broker="sensors"} 1')
    expect(text).toContain('wildcast_broker_changes_total{broker="sensors",status="down"} 1')
    expect(text).toContain('wildcast_published_total{broker="main"} 1')
    expect(errors).toEqual([expect.stringContaining('it was unplugged')])
  })
})
