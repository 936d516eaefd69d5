// Scripted: the subject is the wire: the numbers of frames that are repeated after a resume.
import { describe, expect, test } from 'vitest'
import { settle } from '../testing/fake-clock.js'
import { type Kept, keep } from '../testing/keeping.js'
import { message } from '../testing/message-frame.js'
import { keeping } from '../testing/scripted-relay.js'

const quiet = (): void => undefined
/** The frames that were sent after `Connect`. */
const sentFrames = ({ relay }: Kept): unknown[] =>
  relay.link.sent.slice(1).map((frame) => `${frame.kind} ${'subject' in frame ? frame.subject : ''}`.trim())
/** Time until the next attempt, with a random number of one half. */
const backoffMs = 250

describe('after a drop', () => {
  test('the client claims its session from the relay that has it', async () => {
    const { client, relay, clock } = await keep({ token: 'secret' })
    client.subscribe('a', quiet)
    await settle()
    relay.link.send(message(1, 'a'))
    relay.link.drop()
    await clock.advance(backoffMs)
    // The answer to `Subscribe`, and the message.
    expect(relay.link.sent).toMatchObject([{ kind: 'Connect', token: 'secret', session: 'key', received: 2 }])
    expect(relay.links.map((link) => link.relay)).toEqual([undefined, 'r'])
    expect(client.status.state).toBe('online')
  })
  test('subscriptions continue without a new Subscribe, and miss nothing', async () => {
    const { client, relay, clock } = await keep()
    const reports: unknown[] = []
    const seen: string[] = []
    const events = { onStatus: (status: string) => reports.push(status), onGap: (gap: object) => reports.push(gap) }
    client.subscribe('a', ({ data }) => seen.push(String(data)), events)
    await settle()
    reports.length = 0
    relay.link.send(message(1, 'a', 'before'))
    relay.link.drop()
    expect(reports).toEqual(['reconnecting'])
    await clock.advance(backoffMs)
    relay.link.send(message(1, 'a', 'after'))
    expect(reports).toEqual(['reconnecting', 'ready'])
    expect(seen).toEqual(['before', 'after'])
    expect(relay.link.all('Subscribe')).toEqual([])
  })
  test('a subscriber that joins meanwhile becomes ready with the others', async () => {
    const { client, relay, clock } = await keep()
    client.subscribe('a', quiet)
    await settle()
    relay.link.drop()
    const reports: unknown[] = []
    client.subscribe('a', quiet, { onStatus: (status) => reports.push(status), onGap: (gap) => reports.push(gap) })
    await clock.advance(backoffMs)
    expect(reports).toEqual(['connecting', 'ready'])
  })
  test('frames that the relay has not received are sent again, with their numbers and refs', async () => {
    const kept = await keep()
    const { client, relay, clock } = kept
    kept.ignored.add('Publish')
    const outcomes = ['a', 'b', 'c'].map((subject) => client.publish(subject))
    await settle()
    const [first] = relay.links
    kept.returning = { resumed: true, received: 1 }
    relay.link.drop()
    await clock.advance(backoffMs)
    expect(sentFrames(kept)).toEqual(['Publish b', 'Publish c'])
    expect(relay.link.numbers.slice(1)).toEqual([2, 3, 4]) // the last is a Ping
    expect(relay.link.all('Publish')).toEqual(first?.all('Publish').slice(1))
    for (const { ref } of first?.all('Publish') ?? []) relay.link.send({ kind: 'Ack', ref: ref ?? 0 })
    expect(await Promise.all(outcomes)).toEqual(['confirmed', 'confirmed', 'confirmed'])
  })
  test('numbers continue over several resumes', async () => {
    const kept = await keep()
    const { client, relay, clock } = kept
    kept.ignored.add('Publish')
    void client.publish('a')
    void client.publish('b')
    for (const received of [0, 1, 2]) {
      kept.returning = { resumed: true, received }
      relay.link.drop()
      await clock.advance(backoffMs)
      expect(sentFrames(kept)).toEqual(['Publish a', 'Publish b'].slice(received))
      await clock.advance(6000) // long enough to reset the count of failures
    }
    void client.publish('c')
    await settle()
    expect(relay.link.numbers.at(-1)).toBe(6) // with the Pings of both
  })
  test('a pending request gets its answer', async () => {
    const kept = await keep()
    const { client, relay, clock } = kept
    const answer = client.request('a')
    await settle()
    const [{ ref } = { ref: 0 }] = relay.link.all('Request')
    kept.returning = { resumed: true, received: 1 }
    relay.link.drop()
    await clock.advance(backoffMs)
    expect(sentFrames(kept)).toEqual([])
    relay.link.send({ kind: 'Response', ref, message: 'yes' })
    expect((await answer).data).toBe('yes')
  })
  test('frames that the relay has confirmed are not kept', async () => {
    const kept = await keep()
    const { client, relay, clock } = kept
    await Promise.all([client.publish('a'), client.publish('b')])
    relay.link.send({ kind: 'Received', count: 2 })
    relay.link.send({ kind: 'Received', count: 1 }) // lower than before
    await client.publish('c')
    kept.returning = { resumed: true, received: 2 }
    relay.link.drop()
    await clock.advance(backoffMs)
    expect(sentFrames(kept)).toEqual(['Publish c'])
  })
  test('unreadable frames count as received', async () => {
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
  test('frames about the connection do not count', async () => {
    const { relay, clock } = await keep()
    relay.link.send({ kind: 'Ping' })
    relay.link.send({ kind: 'Received', count: 0 })
    relay.link.send({ kind: 'GoingAway', reconnect_in: [0, 0] })
    await clock.advance(0)
    expect(relay.link.all('Connect')).toMatchObject([{ session: 'key', received: 0 }])
  })
  test('several failed attempts lose nothing', async () => {
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
  test('new frames wait for Welcome, and are sent in order after the repeated ones', async () => {
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
    expect(sentFrames(kept)).toEqual([])
    relay.obliging = true
    relay.link.send({ kind: 'Ping' }) // no Welcome
    expect(sentFrames(kept)).toEqual([])
    relay.link.send({ ...keeping, resumed: true, received: 1 })
    await settle()
    const rest = ['Publish second', 'Subscribe new', 'Unsubscribe', 'Publish third', 'Subscribe newer']
    expect(sentFrames(kept)).toEqual(['Publish first', ...rest])
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
  test('a request that times out is cancelled at the relay', async () => {
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
    expect(sentFrames(kept)).toEqual(['Cancel'])
  })
})
