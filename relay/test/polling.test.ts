import { describe, expect, it } from 'vitest'
import { fakeClock } from '../src/testing/fake-clock.js'
import { connect } from './socket.js'
import { type StartedRelay, startRelay } from './start-relay.js'

// v1 by long polling: docs/protocol.md, Without WebSocket.

type Frame = Readonly<Record<string, unknown>>

interface Polling {
  readonly welcome: Frame & { readonly session: string }
  /** Requests the frames after this number. */
  poll(count: unknown): Promise<{ status: number; text: string; frames: readonly Frame[] }>
  send(from: number, ...frames: readonly unknown[]): Promise<unknown>
}

async function open({ address }: StartedRelay, connecting: Frame = {}): Promise<Polling> {
  const answer = await fetch(`http://${address}/stream`, {
    method: 'POST',
    headers: { accept: 'application/x-ndjson' },
    body: JSON.stringify({ Connect: connecting }),
  })
  const { Welcome } = JSON.parse(await answer.text()) as { Welcome: Polling['welcome'] }
  const authorization = `Session ${Welcome.session}`
  return {
    welcome: Welcome,
    async poll(count) {
      const headers = { authorization, 'wildcast-received': String(count) }
      const response = await fetch(`http://${address}/stream/frames`, { headers })
      const text = await response.text()
      const lines = response.status === 200 ? text.split('\n').filter(Boolean) : []
      return { status: response.status, text, frames: lines.map((line) => JSON.parse(line) as Frame) }
    },
    async send(from, ...frames) {
      const body = frames.map((frame) => JSON.stringify(frame)).join('\n')
      const headers = { authorization, 'wildcast-from': String(from) }
      return (await fetch(`http://${address}/stream/frames`, { method: 'POST', body, headers })).json()
    },
  }
}

const subscribe = { Subscribe: { ref: 1, subject: 'good.*' } }
const publish = ({ address }: StartedRelay, payload: string): Promise<Response> =>
  fetch(`http://${address}/publish/good.a`, { method: 'POST', body: payload })
const payloadsOf = (frames: readonly Frame[]): unknown[] =>
  frames.flatMap(({ Message }) => (Message as { message?: string } | undefined)?.message ?? [])

/** Polls twice: the second poll ends the first, and waits. */
async function pollTwice({ poll }: Polling) {
  const polls = [poll(0), poll(0)] as const
  const first = await Promise.race(polls.map((one, i) => one.then(() => i)))
  return {
    older: await (polls[first] as (typeof polls)[0]),
    newer: polls[1 - first] as (typeof polls)[0],
  }
}

describe('v1 by long polling', () => {
  it('returns available frames, or waits for the next ones', async () => {
    const relay = await startRelay()
    const { poll, send: say } = await open(relay)
    expect(await say(1, subscribe)).toEqual({ received: 1 })
    expect((await poll(0)).frames).toMatchObject([{ Subscribed: { ref: 1 } }])
    const later = poll(1)
    await publish(relay, '1')
    expect(payloadsOf((await later).frames)).toEqual(['1'])
    for (const payload of ['2', '3']) await publish(relay, payload)
    expect(payloadsOf((await poll(2)).frames)).toEqual(['2', '3'])
  })

  it('repeats frames that the client does not confirm', async () => {
    const relay = await startRelay()
    const { poll, send: say } = await open(relay)
    await say(1, subscribe)
    await publish(relay, '1')
    await expect.poll(async () => (await poll(0)).frames.length).toBe(2)
    const [first, second] = [await poll(0), await poll(1)]
    expect({ first: first.frames.length, second: second.frames.length }).toEqual({ first: 2, second: 1 })
    expect(await poll(0)).toMatchObject({ status: 400, text: expect.stringContaining('"Wildcast-Received"') })
  })

  it.each(['x', -1, 1.5, 9])('refuses to continue from %j', async (count) => {
    const { poll } = await open(await startRelay())
    expect(await poll(count)).toMatchObject({ status: 400, text: expect.stringMatching(/^invalid_frame: /) })
  })

  it('returns nothing when a newer poll comes, and after 20 s', async () => {
    const clock = fakeClock()
    const { older, newer } = await pollTwice(await open(await startRelay({ clock })))
    expect(older.status).toBe(204)
    clock.advance(19_999)
    const early = await Promise.race([newer, Promise.resolve('none')])
    clock.advance(1)
    expect({ early, late: (await newer).status }).toEqual({ early: 'none', late: 204 })
  })

  it('keeps the session of a client that stops polling, and lets it come back', async () => {
    const clock = fakeClock()
    const relay = await startRelay({ clock })
    const first = await open(relay)
    await first.send(1, subscribe)
    expect((await first.poll(0)).frames).toHaveLength(1)
    for (let i = 0; i < 9; i++) clock.advance(5000)
    await publish(relay, 'meanwhile')
    const again = await open(relay, { session: first.welcome.session, received: 1 })
    expect(again.welcome).toMatchObject({ resumed: true, received: 1 })
    expect(payloadsOf((await again.poll(1)).frames)).toEqual(['meanwhile'])
  })

  it('reports why it has ended', async () => {
    const relay = await startRelay()
    const { newer } = await pollTwice(await open(relay))
    await relay.close()
    expect((await newer).frames).toMatchObject([{ GoingAway: {} }])
  })

  it('ends with another connection that takes the session over', async () => {
    const relay = await startRelay()
    const first = await open(relay)
    const waiting = first.poll(0)
    const second = await open(relay, { session: first.welcome.session, received: 0 })
    expect(second.welcome).toMatchObject({ resumed: true })
    expect([204, 410]).toContain((await waiting).status)
  })

  it('is refused to a session that has an event stream or a WebSocket', async () => {
    const relay = await startRelay()
    const socket = await connect(`ws://${relay.address}/ws`, 'wildcast.v1+json')
    socket.send('{"Connect":{}}')
    const { Welcome } = (await socket.json()) as { Welcome: { session: string } }
    const headers = { authorization: `Session ${Welcome.session}`, 'wildcast-received': '0' }
    expect((await fetch(`http://${relay.address}/stream/frames`, { headers })).status).toBe(503)
  })

  it('is unsupported if a relay keeps no frames', async () => {
    const { address } = await startRelay({ limits: { resume: 0 } })
    const headers = { accept: 'application/x-ndjson' }
    const answer = await fetch(`http://${address}/stream`, { method: 'POST', headers, body: '{"Connect":{}}' })
    expect(answer.status).toBe(501)
  })
})
