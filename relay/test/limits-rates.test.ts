import { describe, expect, it } from 'vitest'
import { http, httpRequest, metrics, serverSentEvents, streamEndpoint, websocket } from '../src/index.js'
import { fakeClock } from '../src/testing/fake-clock.js'
import { scriptedBroker } from '../src/testing/scripted-broker.js'
import { authRelay, token } from './auth/auth-relay.js'
import { bystander, expectAlive } from './bystander.js'
import { eventSource } from './event-source.js'
import { connect } from './socket.js'
import { startRelay } from './start-relay.js'
import { ask, client } from './v1-client.js'

interface Answer {
  readonly Ack?: object
  readonly Error?: { readonly code: string; readonly retry: boolean; readonly retry_in: number }
}

describe('a client that publishes too fast', () => {
  it('is refused in-band, and no other client notices (L2)', async () => {
    const clock = fakeClock()
    const relay = await startRelay({ clock, limits: { publishes: 100 } })
    const notices = await bystander(relay)
    const socket = await client(relay)
    const count = 100_000
    const frames = Array.from({ length: count }, (_, ref) => `{"Publish":{"ref":${ref},"subject":"a","message":"x"}}`)
    for (const frame of frames) socket.send(frame)
    await notices()
    const answers: Answer[] = []
    while (answers.length < count) answers.push((await socket.json()) as Answer)
    const refused = answers.flatMap(({ Error: error }) => error ?? [])
    expect({ accepted: count - refused.length, refused: refused[0] }).toMatchObject({
      accepted: 100,
      refused: { code: 'rate_limited', retry: true, retry_in: 10 },
    })
    await notices()
    clock.advance(10)
    await expectAlive(socket)
  })

  it('is refused by its bytes, too (L2)', async () => {
    const broker = scriptedBroker()
    const relay = await startRelay({
      clock: fakeClock(),
      brokers: { main: broker.open },
      limits: { publishBytes: 1000 },
    })
    const socket = await client(relay)
    const publish = (ref: number): object => ({ Publish: { ref, subject: 'a', message: 'x'.repeat(1000) } })
    expect(await ask(socket, publish(1))).toEqual({ Ack: { ref: 1 } })
    expect(await ask(socket, publish(2))).toMatchObject({ Error: { ref: 2, code: 'rate_limited', retry_in: 1000 } })
    expect(broker.log.length).toBe(1)
  })

  it('is limited in a classic dialect without an answer, and logged', async () => {
    const broker = scriptedBroker()
    const relay = await startRelay({ clock: fakeClock(), brokers: { main: broker.open }, limits: { publishes: 1 } })
    const socket = await connect(`ws://${relay.address}/ws`)
    for (let i = 0; i < 3; i++) socket.send('{"Publish":{"subject":"a","message":"x"}}')
    await expect.poll(() => relay.errors.filter((line) => line.includes('rate_limited'))).toHaveLength(2)
    expect({ published: broker.log.length, state: socket.ws.readyState }).toEqual({ published: 1, state: 1 })
  })

  it('uses up its rate with frames that can not be read (C12)', async () => {
    const relay = await startRelay({ clock: fakeClock(), limits: { publishes: 5 } })
    const notices = await bystander(relay)
    const socket = await client(relay)
    for (const frame of ['', 'null', '[]', '0', ' '.repeat(60_000)]) {
      socket.send(frame)
      expect(await socket.json()).toMatchObject({ Error: { code: 'invalid_frame' } })
    }
    const publish = { Publish: { ref: 1, subject: 'a', message: '' } }
    expect(await ask(socket, publish)).toMatchObject({ Error: { code: 'rate_limited' } })
    await notices()
  })
})

describe('subscriptions that come and go', () => {
  it('are refused beyond their rate, and the connection lives (L1)', async () => {
    const broker = scriptedBroker()
    const clock = fakeClock()
    const relay = await startRelay({ clock, brokers: { main: broker.open }, limits: { subscribes: 10 } })
    const socket = await client(relay)
    const codes: string[] = []
    for (let ref = 0; ref < 1000; ref++) {
      const answer = (await ask(socket, { Subscribe: { ref, subject: `s.${ref}` } })) as Answer
      codes.push(answer.Error?.code ?? 'ok')
    }
    expect(codes.filter((code) => code === 'ok')).toHaveLength(10)
    expect(new Set(codes)).toEqual(new Set(['ok', 'rate_limited']))
    await expectAlive(socket)
    expect(broker.log.filter((line) => line.startsWith('+'))).toHaveLength(10)
  })

  it('of distinct subjects end at the limit of a session, and the connection lives (L1)', async () => {
    const relay = await startRelay({ limits: { subscriptions: 100 } })
    const notices = await bystander(relay)
    const socket = await client(relay)
    for (let ref = 0; ref < 10_000; ref++) socket.say({ Subscribe: { ref, subject: `s.${ref}` } })
    let refused = 0
    for (let ref = 0; ref < 10_000; ref++) {
      const { Error: error } = (await socket.json()) as Answer
      if (error?.code === 'too_many_subscriptions') refused++
    }
    expect(refused).toBe(9900)
    await notices()
    await expectAlive(socket)
  })
})

describe('over HTTP', () => {
  const gateways = [http, serverSentEvents, streamEndpoint, websocket(), httpRequest({ form: 'json', timeoutMs: 20 })]

  it.each(['publish', 'request'])('a client that uses /%s too fast gets 429 with Retry-After', async (path) => {
    const relay = await startRelay({ gateways, limits: { publishes: 1 } })
    const post = (): Promise<Response> => fetch(`http://${relay.address}/${path}/a`, { method: 'POST', body: 'x' })
    const first = await post()
    expect([202, 503, 504]).toContain(first.status)
    const second = await post()
    expect({ status: second.status, retry: second.headers.get('retry-after') }).toEqual({ status: 429, retry: '1' })
    expect(await second.text()).toContain('rate_limited: ')
  })

  it('event streams that come and go are limited', async () => {
    const relay = await startRelay({ gateways, limits: { subscribes: 2 } })
    const statuses: number[] = []
    for (let i = 0; i < 3; i++) {
      const { response, leave } = await eventSource(`http://${relay.address}/subscribe/a`)
      statuses.push(response.status)
      leave()
    }
    expect(statuses).toEqual([200, 200, 429])
  })

  it('the publishes of a user count for the user, whatever door they come through', async () => {
    const relay = await authRelay({}, { limits: { userPublishes: 2 }, clock: fakeClock() })
    const headers = { authorization: `Bearer ${await token()}` }
    const post = (path: string, by = headers): Promise<Response> =>
      fetch(`http://${relay.address}/publish/${path}`, { method: 'POST', body: 'x', headers: by })
    expect((await post('allowed.a')).status).toBe(202)
    const socket = await connect(`ws://${relay.address}/ws`, 'wildcast.v1+json', { headers })
    const publish = { Publish: { ref: 1, subject: 'allowed.a', message: '' } }
    expect(await ask(socket, publish)).toEqual({ Ack: { ref: 1 } })
    expect(await ask(socket, publish)).toMatchObject({ Error: { code: 'rate_limited' } })
    expect((await post('allowed.a')).status).toBe(429)
    const other = { authorization: `Bearer ${await token({ sub: 'bob' })}` }
    expect((await post('allowed.a', other)).status).toBe(202)
  })
})

it('refusals are counted by action and code, without a text of the client (L13)', async () => {
  const { gateway, observer } = metrics()
  const relay = await startRelay({
    gateways: [websocket(), gateway],
    observer,
    clock: fakeClock(),
    limits: { publishes: 3, subscriptions: 1, connections: 3 },
  })
  const socket = await client(relay)
  await ask(socket, { Subscribe: { ref: 1, subject: 'mine' } })
  await ask(socket, { Subscribe: { ref: 2, subject: 'mine.too' } })
  await ask(socket, { Publish: { ref: 3, subject: 'mine.*', message: '' } })
  await ask(socket, { Publish: { ref: 4, subject: 'mine', message: '', broker: 'mine' } })
  for (let ref = 5; ref < 8; ref++) socket.say({ Publish: { ref, subject: 'other', message: '' } })
  await expect.poll(async () => figures()).toContain('action="publish",code="rate_limited"')
  await client(relay)
  await client(relay)
  await expect(client(relay)).rejects.toThrow('503')
  const text = await figures()
  for (const line of [
    'wildcast_refused_total{action="subscribe",code="too_many_subscriptions"} 1',
    'wildcast_refused_total{action="publish",code="invalid_subject"} 1',
    'wildcast_refused_total{action="publish",code="unknown_broker"} 1',
    'wildcast_refused_total{action="publish",code="rate_limited"} 1',
    'wildcast_refused_total{action="connect",code="rate_limited"} 1',
    'wildcast_connections{state="open"} 3',
    'wildcast_connections{state="entering"} 0',
  ])
    expect(text).toContain(line)
  expect(text).not.toContain('mine')

  async function figures(): Promise<string> {
    return (await fetch(`http://${relay.address}/metrics`)).text()
  }
})
