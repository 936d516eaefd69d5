import { describe, expect, test } from 'vitest'
import { settle } from '../testing/fake-clock.js'
import { type Kept, keep } from '../testing/keeping.js'
import { message } from '../testing/message-frame.js'
import { keeping } from '../testing/scripted-relay.js'

const quiet = (): void => undefined
/** What was sent behind `Connect`. */
const said = ({ relay }: Kept): unknown[] =>
  relay.link.sent.slice(1).map((frame) => `${frame.kind} ${'subject' in frame ? frame.subject : ''}`.trim())
/** Until the next attempt, whose chance is one half. */
const backoffMs = 250

describe('after a drop', () => {
  test('the client claims its session, at the relay that has it', async () => {
    const { client, relay, clock } = await keep({ token: 'secret' })
    client.subscribe('a', quiet)
    await settle()
    relay.link.say(message(1, 'a'))
    relay.link.drop()
    await clock.advance(backoffMs)
    // The answer to `Subscribe`, and the message.
    expect(relay.link.sent).toMatchObject([{ kind: 'Connect', token: 'secret', session: 'key', received: 2 }])
    expect(relay.links.map((link) => link.relay)).toEqual([undefined, 'r'])
    expect(client.status.state).toBe('online')
  })
  test('subscriptions go on without a word, and miss nothing', async () => {
    const { client, relay, clock } = await keep()
    const told: unknown[] = []
    const seen: string[] = []
    const events = { onStatus: (status: string) => told.push(status), onGap: (gap: object) => told.push(gap) }
    client.subscribe('a', ({ data }) => seen.push(String(data)), events)
    await settle()
    told.length = 0
    relay.link.say(message(1, 'a', 'before'))
    relay.link.drop()
    expect(told).toEqual(['reconnecting'])
    await clock.advance(backoffMs)
    relay.link.say(message(1, 'a', 'after'))
    expect(told).toEqual(['reconnecting', 'ready'])
    expect(seen).toEqual(['before', 'after'])
    expect(relay.link.all('Subscribe')).toEqual([])
  })
  test('a subscriber that comes meanwhile waits with the others', async () => {
    const { client, relay, clock } = await keep()
    client.subscribe('a', quiet)
    await settle()
    relay.link.drop()
    const told: unknown[] = []
    client.subscribe('a', quiet, { onStatus: (status) => told.push(status), onGap: (gap) => told.push(gap) })
    await clock.advance(backoffMs)
    expect(told).toEqual(['connecting', 'ready'])
  })
  test('what the relay has not got is sent again, with its numbers and refs', async () => {
    const kept = await keep()
    const { client, relay, clock } = kept
    kept.ignored.add('Publish')
    const outcomes = ['a', 'b', 'c'].map((subject) => client.publish(subject))
    await settle()
    const [first] = relay.links
    kept.returning = { resumed: true, received: 1 }
    relay.link.drop()
    await clock.advance(backoffMs)
    expect(said(kept)).toEqual(['Publish b', 'Publish c'])
    expect(relay.link.numbers.slice(1)).toEqual([2, 3, 4]) // the last is a Ping
    expect(relay.link.all('Publish')).toEqual(first?.all('Publish').slice(1))
    for (const { ref } of first?.all('Publish') ?? []) relay.link.say({ kind: 'Ack', ref: ref ?? 0 })
    expect(await Promise.all(outcomes)).toEqual(['confirmed', 'confirmed', 'confirmed'])
  })
  test('numbers go on over several resumes', async () => {
    const kept = await keep()
    const { client, relay, clock } = kept
    kept.ignored.add('Publish')
    void client.publish('a')
    void client.publish('b')
    for (const received of [0, 1, 2]) {
      kept.returning = { resumed: true, received }
      relay.link.drop()
      await clock.advance(backoffMs)
      expect(said(kept)).toEqual(['Publish a', 'Publish b'].slice(received))
      await clock.advance(6000) // a healthy connection, whose loss is the first
    }
    void client.publish('c')
    await settle()
    expect(relay.link.numbers.at(-1)).toBe(6) // with the Pings of both
  })
  test('a request goes on, and gets its answer', async () => {
    const kept = await keep()
    const { client, relay, clock } = kept
    const answer = client.request('a')
    await settle()
    const [{ ref } = { ref: 0 }] = relay.link.all('Request')
    kept.returning = { resumed: true, received: 1 }
    relay.link.drop()
    await clock.advance(backoffMs)
    expect(said(kept)).toEqual([])
    relay.link.say({ kind: 'Response', ref, message: 'yes' })
    expect((await answer).data).toBe('yes')
  })
  test('what the relay has confirmed is not kept', async () => {
    const kept = await keep()
    const { client, relay, clock } = kept
    await Promise.all([client.publish('a'), client.publish('b')])
    relay.link.say({ kind: 'Received', count: 2 })
    relay.link.say({ kind: 'Received', count: 1 }) // goes back
    await client.publish('c')
    kept.returning = { resumed: true, received: 2 }
    relay.link.drop()
    await clock.advance(backoffMs)
    expect(said(kept)).toEqual(['Publish c'])
  })
  test('frames that could not be read were received, too', async () => {
    const { client, relay, clock } = await keep()
    const answer = expect(client.request('a')).rejects.toMatchObject({ code: 'interrupted' })
    await settle()
    const [{ ref } = { ref: 0 }] = relay.link.all('Request')
    relay.link.sendInvalid()
    relay.link.sendInvalid(ref)
    await answer
    relay.link.drop()
    await clock.advance(backoffMs)
    expect(relay.link.all('Connect')).toMatchObject([{ received: 2 }])
  })
  test('what the connection itself says is not counted', async () => {
    const { relay, clock } = await keep()
    relay.link.say({ kind: 'Ping' })
    relay.link.say({ kind: 'Received', count: 0 })
    relay.link.say({ kind: 'GoingAway', reconnect_in: [0, 0] })
    await clock.advance(0)
    expect(relay.link.all('Connect')).toMatchObject([{ session: 'key', received: 0 }])
  })
  test('several failed attempts cost nothing', async () => {
    const kept = await keep()
    const { client, relay, clock } = kept
    kept.ignored.add('Publish')
    const outcome = client.publish('a')
    await settle()
    kept.returning = { resumed: true, received: 0 }
    relay.obliging = false
    relay.link.drop()
    for (let i = 0; i < 3; i++) {
      await clock.advance(5000)
      relay.link.drop()
    }
    relay.obliging = true
    kept.ignored.clear()
    await clock.advance(10_000)
    expect(await outcome).toBe('confirmed')
  })
})

describe('while the session is away', () => {
  test('what is said waits for Welcome, and leaves in its order behind what is sent again', async () => {
    const kept = await keep()
    const { client, relay, clock } = kept
    kept.ignored.add('Publish')
    const leave = client.subscribe('old', quiet, { group: 'g' })
    void client.publish('first')
    await settle()
    relay.link.drop()
    relay.obliging = false
    void client.publish('second')
    client.subscribe('new', quiet)
    leave()
    void client.publish('third')
    await clock.advance(backoffMs)
    relay.link.open()
    client.subscribe('newer', quiet)
    await settle()
    expect(said(kept)).toEqual([])
    relay.obliging = true
    relay.link.say({ kind: 'Ping' }) // no Welcome
    expect(said(kept)).toEqual([])
    relay.link.say({ ...keeping, resumed: true, received: 1 })
    await settle()
    const rest = ['Publish second', 'Subscribe new', 'Unsubscribe', 'Publish third', 'Subscribe newer']
    expect(said(kept)).toEqual(['Publish first', ...rest])
    expect(relay.link.numbers.slice(1)).toEqual([2, 3, 4, 5, 6, 7, 8]) // with a Ping
  })
  test('subscriptions do not count against the queue', async () => {
    const { client, relay, clock } = await keep({ queue: 1 })
    relay.link.drop()
    for (const subject of ['a', 'b', 'c']) client.subscribe(subject, quiet)
    const outcome = client.publish('a')
    await expect(client.publish('b')).rejects.toMatchObject({ code: 'rate_limited' })
    await clock.advance(backoffMs)
    expect(await outcome).toBe('confirmed')
    expect(relay.link.all('Subscribe')).toHaveLength(3)
  })
  test('a request times out, and is cancelled at the relay', async () => {
    const kept = await keep()
    const { client, relay, clock } = kept
    const answer = expect(client.request('a', 1, { timeoutMs: 1000 })).rejects.toMatchObject({ code: 'timeout' })
    await settle()
    kept.returning = { resumed: true, received: 1 }
    relay.obliging = false
    relay.link.drop()
    await clock.advance(2000)
    await answer
    relay.obliging = true
    relay.link.open()
    await settle()
    expect(said(kept)).toEqual(['Cancel'])
  })
})
