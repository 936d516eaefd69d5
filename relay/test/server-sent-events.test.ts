import { type Socket, connect as tcp } from 'node:net'
import { parseSubject, WildcastError } from '@wildcast/protocol'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type Gateway, http, memory, newId, realClock, serverSentEvents, websocket } from '../src/index.js'
import { fakeClock } from '../src/testing/fake-clock.js'
import { scriptedBroker } from '../src/testing/scripted-broker.js'
import { eventSource } from './event-source.js'
import { type StartedRelay, startRelay } from './start-relay.js'

const gateways: readonly Gateway[] = [http, serverSentEvents, websocket()]
const start = (options: Parameters<typeof startRelay>[0] = {}): Promise<StartedRelay> =>
  startRelay({ gateways, ...options })
const publish = ({ address }: StartedRelay, subject: string, body: string | Uint8Array): Promise<Response> =>
  fetch(`http://${address}/publish/${subject}`, { method: 'POST', body: body as BodyInit })

/** Sets the id with which a client comes back. */
const id = expect.stringMatching(/^id: \S+$/)

describe('Server-Sent Events (SP-GW-12)', () => {
  it('deliver the messages of a pattern, each on its own line (H19)', async () => {
    const relay = await start()
    const source = await eventSource(`http://${relay.address}/subscribe/good.*`)
    expect(Object.fromEntries(source.response.headers)).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
    })
    await publish(relay, 'good.apple', 'ä\n\nevent: x\ndata: y\r\rid: 7')
    await publish(relay, 'bad.apple', 'not delivered')
    await publish(relay, 'good.pear', Uint8Array.of(0, 255))
    const [first, second] = [await source.next(), await source.next()]
    expect(first).toMatchObject({
      event: 'message',
      data: { subject: 'good.apple', message: 'ä\n\nevent: x\ndata: y\r\rid: 7', broker: 'test' },
    })
    expect(second).toMatchObject({ event: 'message', data: { subject: 'good.pear', bytes: 'AP8=' } })
    expect(first).not.toHaveProperty('id')
    expect(source.asides).toEqual(['retry: 2000', id])
  })

  it('share their bytes: two subscribers of a pattern get the same', async () => {
    const relay = await start()
    const [one, other] = [
      await eventSource(`http://${relay.address}/subscribe/good.*`),
      await eventSource(`http://${relay.address}/subscribe/good.*`),
    ]
    await publish(relay, 'good.apple', 'hi')
    expect(await one.next()).toEqual(await other.next())
  })

  it('use another broker with ?broker=', async () => {
    const inMemory = memory({ clock: realClock, newId })
    const relay = await start({ brokers: { main: inMemory, other: inMemory } })
    const source = await eventSource(`http://${relay.address}/subscribe/a?broker=other`)
    await publish(relay, 'a', 'on main')
    await publish(relay, 'a?broker=other', 'on the other')
    expect(await source.next()).toMatchObject({ data: { message: 'on the other', broker: 'other' } })
  })

  it('deliver what matches ?filter=', async () => {
    const relay = await start()
    const filter = encodeURIComponent('{"type":"post"}')
    const source = await eventSource(`http://${relay.address}/subscribe/a.*?filter=${filter}`)
    await publish(relay, 'a.x', '{"type":"get"}')
    await publish(relay, 'a.x', '{"type":"post"}')
    expect(await source.next()).toMatchObject({ data: { message: '{"type":"post"}' } })
  })

  it.each([
    ['a?filter=x', 400, 'invalid_frame'],
    ['a?filter=1e999', 400, 'invalid_frame'],
    ['a?filter=1&filter=2', 400, 'invalid_frame'],
    [`a?filter="${'x'.repeat(2000)}"`, 413, 'too_large'],
    ['a..b', 400, 'invalid_subject'],
    ['_secret', 403, 'forbidden'],
    ['a?broker=nowhere', 404, 'unknown_broker'],
  ])('are refused like other requests: %s', async (path, status, code) => {
    const relay = await start()
    const { response } = await eventSource(`http://${relay.address}/subscribe/${path}`)
    expect(response.status).toBe(status)
    expect((await response.text()).split(':')[0]).toBe(code)
  })

  it('are only for clients that accept them', async () => {
    const { address } = await start()
    const response = await fetch(`http://${address}/subscribe/a`)
    expect(response.status).toBe(426)
    expect(await response.text()).toBe('connect with a WebSocket, or accept text/event-stream\n')
  })

  it('report a gap to a client that comes back, if nothing is kept', async () => {
    const { address } = await start()
    for (const last of ['x-1', '0tpbdv2uei-000000001']) {
      const source = await eventSource(`http://${address}/subscribe/a`, { 'last-event-id': last })
      expect(await source.next()).toEqual({ event: 'gap', data: {} })
    }
  })

  it('report a gap after the broker was lost, and their end if the broker ends them', async () => {
    const broker = scriptedBroker()
    const { address } = await start({ brokers: { test: broker.open } })
    const source = await eventSource(`http://${address}/subscribe/a`)
    broker.status('down')
    broker.status('up')
    expect(await source.next()).toMatchObject({ event: 'gap' })
    broker.deliver('a', { subject: parseSubject('a'), payload: 'after' })
    expect(await source.next()).toMatchObject({ data: { message: 'after' } })
    broker.end('a', new WildcastError('forbidden', 'no more'))
    expect(await source.next()).toEqual({ event: 'ended', data: { code: 'forbidden', message: 'no more' } })
    await source.ended
  })

  it('open when the broker has confirmed, and end with their client', async () => {
    const broker = scriptedBroker()
    const clock = fakeClock()
    const { address } = await start({ brokers: { test: broker.open }, clock })
    const source = await eventSource(`http://${address}/subscribe/a`)
    expect(broker.log).toContain('+a')
    source.leave()
    await expect
      .poll(() => {
        clock.advance(1000)
        return broker.log
      })
      .toContain('-a')
  })

  it('have a heartbeat, which is a comment', async () => {
    const clock = fakeClock()
    const relay = await start({ clock })
    const source = await eventSource(`http://${relay.address}/subscribe/a`)
    clock.advance(25_000)
    await expect.poll(() => source.asides).toEqual(['retry: 2000', id, ':'])
  })

  it('end when the relay goes away, with a hint when to reconnect', async () => {
    const relay = await start()
    const source = await eventSource(`http://${relay.address}/subscribe/a`)
    await relay.close()
    await source.ended
    expect(source.asides).toEqual(['retry: 2000', id, expect.stringMatching(/^retry: \d+$/)])
  })

  it('report missed messages to a slow reader, disconnect a stuck one, and affect no other client (H19)', async () => {
    const clock = fakeClock()
    const relay = await start({ clock })
    const reader = await eventSource(`http://${relay.address}/subscribe/a`)
    const [late, stuck] = [await unread(relay), await unread(relay)]
    const cut = new Promise((resolve) => stuck.on('error', resolve).once('close', resolve))
    const body = 'x'.repeat(1024 * 1024)
    for (let i = 0; i < 20; i++) {
      await publish(relay, 'a', body)
      expect(await reader.next()).toMatchObject({ data: { message: body } })
    }
    let received = ''
    late.setEncoding('latin1').on('data', (chunk: string) => {
      received += chunk
    })
    await expect.poll(() => /event: gap\ndata: (.*)\n/.exec(received)?.[1]).toMatch(/^\{"missed":\d+\}$/)
    clock.advance(10_000)
    stuck.resume()
    await cut
    await publish(relay, 'a', 'on')
    expect(await reader.next()).toMatchObject({ data: { message: 'on' } })
    expect(relay.errors).toEqual([])
  })
})

/** A stream whose client reads only the head. */
async function unread({ address }: StartedRelay): Promise<Socket> {
  const socket = tcp(Number(address.split(':')[1]), '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  socket.write('GET /subscribe/a HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n')
  await new Promise((resolve) => socket.once('readable', resolve))
  return socket
}
