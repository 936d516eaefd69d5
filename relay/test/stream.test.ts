import { describe, expect, it } from 'vitest'
import { http, streamEndpoint } from '../src/index.js'
import { fakeClock } from '../src/testing/fake-clock.js'
import { scriptedBroker } from '../src/testing/scripted-broker.js'
import { type EventSource, eventSource } from './event-source.js'
import { type StartedRelay, startRelay } from './start-relay.js'

// v1 over plain HTTP, as PROTOCOL defines it, without an SDK.

const start = (options: Parameters<typeof startRelay>[0] = {}): Promise<StartedRelay> =>
  startRelay({ gateways: [http, streamEndpoint], ...options })

interface Session {
  readonly source: EventSource
  readonly id: string
  /** Posts frames, the first of which has this number. */
  post(from: unknown, ...frames: unknown[]): Promise<{ status: number; text: string }>
}

async function open({ address }: StartedRelay): Promise<Session> {
  const source = await eventSource(`http://${address}/stream`, {}, { method: 'POST', body: '{"Connect":{}}' })
  const { Welcome } = (await source.next()).data as { Welcome: { session: string } }
  return {
    source,
    id: Welcome.session,
    async post(from, ...frames) {
      const response = await fetch(`http://${address}/stream/frames`, {
        method: 'POST',
        body: frames.map((frame) => JSON.stringify(frame)).join('\n'),
        headers: { authorization: `Session ${Welcome.session}`, 'wildcast-from': String(from) },
      })
      return { status: response.status, text: await response.text() }
    },
  }
}

const publish = (ref: number, message = 'hi') => ({ Publish: { ref, subject: 'good.a', message } })

describe('v1 over plain HTTP', () => {
  it('answers posted frames in its stream, in order', async () => {
    const { source, post: say } = await open(await start())
    expect(await say(1, { Subscribe: { ref: 1, subject: 'good.*' } }, publish(2), publish(3))).toEqual({
      status: 202,
      text: '{"received":3}',
    })
    const kinds: string[] = []
    while (kinds.length < 5) kinds.push(Object.keys((await source.next()).data)[0] as string)
    expect(kinds[0]).toBe('Subscribed')
    expect(kinds.slice(1).sort()).toEqual(['Ack', 'Ack', 'Message', 'Message'])
  })

  it('accepts a frame once, even if it is posted several times', async () => {
    const broker = scriptedBroker()
    const { post: say } = await open(await start({ brokers: { main: broker.open } }))
    await say(1, publish(1), publish(2))
    expect(await say(1, publish(1), publish(2), publish(3))).toMatchObject({ text: '{"received":3}' })
    expect(await say(3, publish(3), 'Pong')).toMatchObject({ text: '{"received":3}' })
    await expect.poll(() => broker.log).toEqual(['!good.a', '!good.a', '!good.a'])
  })

  it.each([
    ['after a gap', 3],
    ['from no number', 'x'],
    ['from 0', 0],
    ['from a half', 1.5],
  ])('rejects frames %s', async (_, from) => {
    const { post: say } = await open(await start())
    await say(1, publish(1))
    expect(await say(from, publish(9))).toEqual({
      status: 400,
      text: 'invalid_frame: "Wildcast-From" must be 2 or less, from 1\n',
    })
  })

  it.each(['"Pong"', ' "Pong"', '{"Pong":{}}', '{"Received":1}', ' {"Received" : 1}'])(
    'does not count %s in any spelling',
    async (uncounted) => {
      const relay = await start()
      const { id } = await open(relay)
      const post = async (from: number, ...lines: readonly string[]): Promise<unknown> => {
        const headers = { authorization: `Session ${id}`, 'wildcast-from': `${from}` }
        const body = lines.join('\n')
        return (await fetch(`http://${relay.address}/stream/frames`, { method: 'POST', body, headers })).json()
      }
      expect(await post(1, uncounted, JSON.stringify(publish(1)), uncounted)).toEqual({ received: 1 })
      expect(await post(2, '{"Publish":', uncounted)).toEqual({ received: 2 })
    },
  )

  it('finds a session only by its id, and forgets it with its stream', async () => {
    const relay = await start()
    const { source, id, post: say } = await open(relay)
    const post = (headers: Record<string, string>) =>
      fetch(`http://${relay.address}/stream/frames`, { method: 'POST', body: '', headers })
    expect((await post({})).status).toBe(400)
    expect((await post({ authorization: `Session ${id.slice(1)}` })).status).toBe(503)
    expect((await say(1)).status).toBe(202)
    source.leave()
    await expect.poll(async () => (await say(1)).status).toBe(503)
  })

  it('forgets a session whose Connect came in chunks, too', async () => {
    const { address } = await start()
    const leave = new AbortController()
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('{"Connect":{}}'))
        controller.close()
      },
    })
    const init = { method: 'POST', body, duplex: 'half', signal: leave.signal } as RequestInit
    const { value } = await ((await fetch(`http://${address}/stream`, init)).body as ReadableStream<Uint8Array>)
      .getReader()
      .read()
    const [, id] = /"session":"(\w+)"/.exec(new TextDecoder().decode(value)) ?? []
    const post = async (): Promise<number> => {
      const headers = { authorization: `Session ${id}`, 'wildcast-from': '1' }
      return (await fetch(`http://${address}/stream/frames`, { method: 'POST', body: '', headers })).status
    }
    expect(await post()).toBe(202)
    leave.abort()
    await expect.poll(post).toBe(503)
  })

  it('accepts as much at once as the SDK sends, even with a small payload limit', async () => {
    const { post: say } = await open(await start({ limits: { payload: 1000 } }))
    const frames = Array.from({ length: 300 }, (_, ref) => publish(ref, 'x'.repeat(950)))
    expect(await say(1, ...frames)).toEqual({ status: 202, text: '{"received":300}' })
  })

  it('unsubscribes a client that has left', async () => {
    const broker = scriptedBroker()
    const clock = fakeClock()
    const { source, post: say } = await open(await start({ brokers: { main: broker.open }, clock }))
    await say(1, { Subscribe: { ref: 1, subject: 'a' } })
    await source.next()
    source.leave()
    await expect
      .poll(() => {
        clock.advance(1000)
        return broker.log
      })
      .toEqual(['+a', '-a'])
  })

  it('sends pings, and ends the stream of a client that does not answer', async () => {
    const clock = fakeClock()
    const { source, post: say } = await open(await start({ clock }))
    clock.advance(25_000)
    expect((await source.next()).data).toBe('Ping')
    await say(1, 'Pong')
    clock.advance(25_000)
    expect((await source.next()).data).toBe('Ping')
    clock.advance(15_000)
    expect(await source.next()).toMatchObject({ event: 'close', data: { code: 4408 } })
    await source.ended
  })

  it('reports when to reconnect if the relay goes away', async () => {
    const relay = await start()
    const { source } = await open(relay)
    await relay.close()
    expect((await source.next()).data).toEqual({ GoingAway: { reconnect_in: [0, 5] } })
    expect(await source.next()).toMatchObject({ event: 'close', data: { code: 4410 } })
    await source.ended
  })

  it('answers an invalid frame, and stays open', async () => {
    const { source, post: say } = await open(await start())
    await say(1, { Nonsense: {} })
    expect((await source.next()).data).toMatchObject({ Error: { code: 'invalid_frame' } })
    await say(2, publish(1))
    expect((await source.next()).data).toEqual({ Ack: { ref: 1 } })
  })

  it('accepts only its own methods, and no body over the limit', async () => {
    const { address } = await start({ limits: { payload: 1000 } })
    const put = (path: string) => fetch(`http://${address}${path}`, { method: 'PUT' })
    expect((await put('/stream')).headers.get('allow')).toBe('DELETE, GET, HEAD, POST, OPTIONS')
    expect((await put('/stream/frames')).headers.get('allow')).toBe('GET, POST, OPTIONS')
    expect((await fetch(`http://${address}/stream`, { method: 'HEAD' })).status).toBe(204)
    const body = 'x'.repeat(400_000)
    expect((await fetch(`http://${address}/stream`, { method: 'POST', body })).status).toBe(413)
    const headers = { authorization: 'Session x' }
    expect((await fetch(`http://${address}/stream/frames`, { method: 'POST', body, headers })).status).toBe(413)
  })
})
