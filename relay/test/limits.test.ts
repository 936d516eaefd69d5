import { describe, expect, it } from 'vitest'
import { metrics, websocket } from '../src/index.js'
import { fakeClock } from '../src/testing/fake-clock.js'
import { scriptedBroker } from '../src/testing/scripted-broker.js'
import { expectAlive } from './bystander.js'
import { connect } from './socket.js'
import { type StartedRelay, startRelay } from './start-relay.js'
import { ask, client, type V1Client } from './v1-client.js'

const mebibyte = 1024 * 1024

describe('a payload of the limit and a byte', () => {
  it.each(['Publish', 'Request'])('is rejected in-band, and does not reach the broker: %s (L3)', async (kind) => {
    const broker = scriptedBroker()
    const relay = await startRelay({ brokers: { main: broker.open } })
    const socket = await client(relay)
    const frame = (length: number): object => ({ [kind]: { ref: 1, subject: 'a', message: 'x'.repeat(length) } })
    expect(await ask(socket, frame(mebibyte + 1))).toMatchObject({ Error: { ref: 1, code: 'too_large' } })
    expect(broker.log).toEqual([])
    await expectAlive(socket)
  })

  it('is counted in bytes, not in characters (L3)', async () => {
    const relay = await startRelay()
    const socket = await client(relay)
    const publish = (message: string): Promise<unknown> => ask(socket, { Publish: { ref: 1, subject: 'a', message } })
    expect(await publish('é'.repeat(mebibyte / 2))).toEqual({ Ack: { ref: 1 } })
    expect(await publish(`${'é'.repeat(mebibyte / 2)}x`)).toMatchObject({ Error: { code: 'too_large' } })
  })

  it('is rejected in MessagePack and over HTTP, too (L3)', async () => {
    const relay = await startRelay()
    const response = await fetch(`http://${relay.address}/publish/a`, {
      method: 'POST',
      body: 'x'.repeat(mebibyte + 1),
    })
    expect(response.status).toBe(413)
    const listener = await client(relay)
    await ask(listener, { Subscribe: { ref: 1, subject: 'a' } })
    const ok = await fetch(`http://${relay.address}/publish/a`, { method: 'POST', body: 'small' })
    expect(ok.status).toBe(202)
    expect(await listener.json()).toMatchObject({ Message: { message: 'small' } })
  })
})

describe('requests in flight', () => {
  const count = 1000

  /** A relay on which `count` requests of one client wait for a server that never answers. */
  async function full(): Promise<{ relay: StartedRelay; clock: ReturnType<typeof fakeClock>; caller: V1Client }> {
    const clock = fakeClock()
    const relay = await startRelay({ clock })
    const server = await client(relay)
    await ask(server, { Subscribe: { ref: 1, subject: 'silent', serve: true } })
    const caller = await client(relay)
    for (let ref = 0; ref < count; ref++)
      caller.say({ Request: { ref, subject: 'silent', message: '', timeout: 1000 } })
    for (let ref = 0; ref < count; ref++) await server.next()
    return { relay, clock, caller }
  }

  it('are 1,000 at most: one more is rejected, and other frames and clients are not affected (L4)', async () => {
    const { relay, caller } = await full()
    const more = { Request: { ref: count, subject: 'silent', message: '' } }
    expect(await ask(caller, more)).toMatchObject({ Error: { ref: count, code: 'rate_limited', retry: true } })
    await expectAlive(caller)
    await expectAlive(await client(relay))
  })

  it('end with their timeout, each with its own error, and make room (L4)', async () => {
    const { clock, caller } = await full()
    clock.advance(1000)
    const refs: number[] = []
    for (let i = 0; i < count; i++) {
      const { Error: error } = (await caller.json()) as { Error: { ref: number; code: string } }
      expect(error.code).toBe('timeout')
      refs.push(error.ref)
    }
    expect(refs.toSorted((a, b) => a - b)).toEqual([...Array(count).keys()])
    caller.say({ Request: { ref: 7, subject: 'silent', message: '', timeout: 1000 } })
    await expectAlive(caller) // the request was not rejected
  })

  it('leave no timer behind when their client leaves (L4)', async () => {
    const { relay, clock, caller } = await full()
    caller.ws.terminate()
    await client(relay)
    await expect.poll(() => clock.timers).toBeLessThan(20)
  })
})

it('10,000 subscriptions that come and go subscribe at the broker once for each pattern (L1)', async () => {
  const broker = scriptedBroker()
  const relay = await startRelay({ brokers: { main: broker.open }, clock: fakeClock() })
  const socket = await client(relay)
  for (let ref = 0; ref < 10_000; ref++) {
    const subscribed = (await ask(socket, { Subscribe: { ref, subject: `s.${ref % 10}` } })) as {
      Subscribed: { id: number }
    }
    await ask(socket, { Unsubscribe: { ref, id: subscribed.Subscribed.id } })
  }
  expect(broker.log).toEqual(Array.from({ length: 10 }, (_, i) => `+s.${i}`))
})

describe('a name from a client', () => {
  it('is never a label of a metric (L13)', async () => {
    const names = ['mine.subject', 'mine.group', 'mine.client', 'mine.broker', 'mine.relay']
    const [subject, group, name, broker, relayName] = names
    const { gateway, observer } = metrics()
    const relay = await startRelay({ gateways: [websocket(), gateway], observer })
    const socket = await connect(`ws://${relay.address}/ws?relay=${relayName}`, 'wildcast.v1+json')
    await ask(socket, { Connect: { client: name } })
    await ask(socket, { Subscribe: { ref: 1, subject, group } })
    await ask(socket, { Publish: { ref: 2, subject, message: '', broker } })
    await ask(socket, { Publish: { ref: 3, subject: `${subject}.*`, message: '' } })
    await expectAlive(socket)
    const figures = await (await fetch(`http://${relay.address}/metrics`)).text()
    expect(figures).toContain('wildcast_published_total{broker="test"} 1')
    expect(figures).not.toContain('mine')
  })
})
