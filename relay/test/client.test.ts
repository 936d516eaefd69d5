import type { Client, Message, WildcastError } from '@wildcast/client'
import { classicMsgpack, msgpack } from '@wildcast/client/msgpack'
import { stream } from '@wildcast/client/stream'
import { describe, expect, it } from 'vitest'
import { fakeClock } from '../src/testing/fake-clock.js'
import { clientOf, type TestedClient } from './client-of.js'
import { type StartedRelay, startRelay } from './start-relay.js'

// The SDK with the relay, over real sockets and in its process: behaviour that neither can show
// alone.

const overSockets: [string, TestedClient, 'json' | 'messagepack'][] = [
  ['v1 in JSON', {}, 'json'],
  ['v1 in MessagePack', { codec: msgpack }, 'json'],
  ['v1 over plain HTTP', { transport: stream }, 'json'],
  ['classic in JSON', { dialect: 'classic' }, 'json'],
  ['classic in MessagePack', { dialect: 'classic', codec: classicMsgpack }, 'messagepack'],
]
const inProcess: (typeof overSockets)[number] = ['v1 in its process', { inProcess: true }, 'json']

function connect(relay: StartedRelay, options: TestedClient = {}): Client & { errors: WildcastError[] } {
  const errors: WildcastError[] = []
  const client = clientOf(relay, { onError: (error) => errors.push(error), ...options })
  return Object.assign(client, { errors })
}

/**
 * Subscribes, and waits until it receives its own message: classic has no other sign that a
 * subscription is active.
 */
async function listen(client: Client, pattern: string, probe: string): Promise<Message[]> {
  const got: Message[] = []
  const stands = new Promise<void>((resolve) => {
    client.subscribe(pattern, (message) => {
      if (message.data === 'probe') resolve()
      else got.push(message)
    })
  })
  let standing = false
  void stands.then(() => {
    standing = true
  })
  while (!standing) {
    await client.publish(probe, 'probe')
    await Promise.race([stands, new Promise((resolve) => setImmediate(resolve))])
  }
  return got
}

describe.each([...overSockets, inProcess])('the SDK with %s', (_, options, mode) => {
  const bytes = Uint8Array.of(0, 255, 1)

  it('receives a thousand messages that were published in one tick, in order', async () => {
    const relay = await startRelay({ mode })
    const client = connect(relay, options)
    const got = await listen(client, 'good.*', 'good.probe')
    const numbers = Array.from({ length: 1000 }, (_, i) => i)
    await Promise.all(numbers.map((i) => client.publish(`good.${i % 7}`, i)))
    await expect.poll(() => got.filter(({ data }) => data !== 'probe').length).toBe(1000)
    expect(got.map(({ data }) => data)).toEqual(numbers)
  })

  it('delivers bytes and the values of wildcards', async () => {
    const relay = await startRelay({ mode })
    const client = connect(relay, options)
    const got = await listen(client, 'room.*.msg', 'room.0.msg')
    await client.publish('room.42.msg', bytes)
    await expect.poll(() => got.length).toBe(1)
    expect({ params: got[0]?.params, bytes: [...(got[0]?.bytes ?? [])] }).toEqual({ params: ['42'], bytes: [...bytes] })
  })

  it('delivers once to each of several overlapping subscriptions', async () => {
    const relay = await startRelay({ mode })
    const client = connect(relay, options)
    const all = [
      await listen(client, 'good.*', 'good.probe'),
      await listen(client, 'good.**', 'good.deep.probe'),
      await listen(client, '*.apple', 'bad.apple'),
    ]
    for (const got of all) got.length = 0
    await client.publish('good.apple', 'one')
    await client.publish('good.apple', 'two')
    await expect.poll(() => all.map((got) => got.filter(({ data }) => data === 'two').length)).toEqual([1, 1, 1])
    expect(all.map((got) => got.filter(({ subject }) => subject === 'good.apple').map(({ data }) => data))).toEqual([
      ['one', 'two'],
      ['one', 'two'],
      ['one', 'two'],
    ])
  })

  it('requests and responds, also across dialects', async () => {
    const relay = await startRelay({ mode })
    const one = connect(relay, options)
    const other = connect(relay)
    one.serve('math.sum', (request) => (request.json() as number[]).reduce((a, b) => a + b))
    other.serve('math.product', (request) => (request.json() as number[]).reduce((a, b) => a * b))
    const ask = (client: Client, subject: string): Promise<unknown> =>
      // A responder that is not there yet is retried.
      client.request(subject, [2, 4]).then(
        (answer) => answer.data,
        () => undefined,
      )
    await expect.poll(() => ask(other, 'math.sum')).toBe(6)
    await expect.poll(() => ask(one, 'math.product')).toBe(8)
  })
})

it.each(overSockets)(
  'the SDK with %s reconnects by itself, reports the gap, and continues',
  async (_, options, mode) => {
    const relay = await startRelay({ mode })
    const client = connect(relay, options)
    const gaps: unknown[] = []
    client.subscribe('good.*', () => {}, { onGap: (gap) => gaps.push(gap) })
    await listen(client, 'good.*', 'good.probe')
    await relay.close()
    await expect.poll(() => client.status.state).toBe('waiting')
    await startRelay({ mode, port: relay.port })
    client.reconnect()
    const got = await listen(client, 'good.*', 'good.probe')
    await client.publish('good.after', 'after')
    await expect.poll(() => got.map(({ data }) => data)).toContain('after')
    expect(gaps).toHaveLength(1)
    // At most one attempt was made while the relay was away.
    expect(client.errors.filter(({ code }) => code !== 'interrupted')).toEqual([])
    expect(client.errors.length).toBeLessThan(2)
  },
)

it.each([...overSockets.slice(0, 3), inProcess])(
  'the SDK with %s receives messages as its delivery policy states',
  async (_, options) => {
    const clock = fakeClock()
    const relay = await startRelay({ clock })
    const client = connect(relay, options)
    const [every, rated, refused]: unknown[][] = [[], [], []]
    const policies = [{ into: every }, { into: rated, maxRate: 10 }, { into: refused, group: 'g', deliver: 'latest' }]
    const errors: WildcastError[] = []
    for (const { into, ...policy } of policies as { into: unknown[]; maxRate?: number }[])
      client.subscribe('tick', ({ data }) => void into.push(data), {
        ...policy,
        onError: (error) => errors.push(error),
      })
    for (let n = 0; n < 5; n++) await client.publish('tick', n)
    await expect.poll(() => every).toEqual([0, 1, 2, 3, 4])
    expect(rated).toEqual([0])
    clock.advance(100)
    await expect.poll(() => rated).toEqual([0, 4])
    expect(refused).toEqual([])
    expect(errors.map(({ code }) => code)).toEqual(['invalid_frame'])
  },
)
