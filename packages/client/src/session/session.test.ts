import type { ClientFrame } from '@wildcast/protocol'
import { describe, expect, test } from 'vitest'
import { createFakeClock } from '../testing/fake-clock.js'
import { keeping } from '../testing/scripted-relay.js'
import { Session } from './session.js'

const publish = (id: number): ClientFrame => ({ kind: 'Publish', subject: `n${id}`, message: '' })

/** A session, and what it sends. */
function open() {
  const clock = createFakeClock()
  const sent: ClientFrame[] = []
  const numbers: number[] = []
  let expired = 0
  const session = new Session({
    clock,
    send(frame, number) {
      sent.push(frame)
      numbers.push(number)
    },
    expired: () => expired++,
  })
  return { clock, session, sent, numbers, expired: () => expired }
}

describe('what came', () => {
  const counts = (sent: readonly ClientFrame[]): unknown[] => sent.map((frame) => 'count' in frame && frame.count)

  test('is confirmed when a quarter of what the relay keeps has come', () => {
    const { session, sent } = open()
    session.begin(keeping) // 4,000 bytes
    for (let i = 0; i < 9; i++) session.handled(100)
    expect(sent).toEqual([])
    session.handled(100)
    expect(sent).toEqual([{ kind: 'Received', count: 10 }])
    for (let i = 0; i < 10; i++) session.handled(100)
    expect(counts(sent)).toEqual([10, 20])
  })
  test('is confirmed within a second, and nothing is awaited while nothing new comes', async () => {
    const { session, clock, sent } = open()
    session.begin(keeping)
    expect(clock.timers).toBe(0)
    session.handled(1)
    await clock.advance(500)
    session.handled(1)
    await clock.advance(499)
    expect(sent).toEqual([])
    await clock.advance(1)
    expect(counts(sent)).toEqual([2])
    expect(clock.timers).toBe(0)
    await clock.advance(60_000)
    expect(counts(sent)).toEqual([2])
  })
  test('is not confirmed again after a quarter was', async () => {
    const { session, clock, sent } = open()
    session.begin(keeping)
    session.handled(1)
    session.handled(1000)
    expect(counts(sent)).toEqual([2])
    expect(clock.timers).toBe(0)
  })
  test('is not confirmed to a relay that keeps nothing, or has not said what it keeps', async () => {
    for (const resume_bytes of [undefined, 0]) {
      const { session, clock, sent } = open()
      if (resume_bytes !== undefined) session.begin({ ...keeping, limits: { ...keeping.limits, resume_bytes } })
      session.handled(10_000)
      await clock.advance(60_000)
      expect(sent).toEqual([])
    }
  })
  test('is not confirmed without a connection, but by the claim', async () => {
    const { session, clock, sent } = open()
    session.begin(keeping)
    session.handled(1)
    session.leave()
    session.handled(5000) // while its handler has lost the connection
    await clock.advance(2000)
    expect(sent).toEqual([])
    expect(session.claim()).toEqual({ session: 'key', received: 2 })
  })
})

describe('what was sent', () => {
  test('has its number, and what does not count has that of the next', () => {
    const { session, numbers } = open()
    session.send(publish(1))
    session.sendUncounted({ kind: 'Pong' })
    session.send(publish(2))
    session.sendUncounted({ kind: 'Received', count: 1 })
    expect(numbers).toEqual([1, 2, 2, 3])
  })
  test('and could not be encoded has no number', () => {
    const numbers: number[] = []
    const session = new Session({
      clock: createFakeClock(),
      send(frame, number) {
        if (frame.kind === 'Cancel') throw new TypeError('no')
        numbers.push(number)
      },
      expired: () => {},
    })
    session.begin(keeping)
    expect(() => session.send({ kind: 'Cancel', ref: 1 })).toThrow(TypeError)
    session.send(publish(1))
    session.leave()
    session.resume({ ...keeping, resumed: true, received: 0 })
    expect(numbers).toEqual([1, 1])
  })
  test('before Welcome belongs to the session, too', () => {
    const { session, sent } = open()
    session.send(publish(1))
    session.begin(keeping)
    session.leave()
    sent.length = 0
    expect(session.resume({ ...keeping, resumed: true, received: 0 })).toBe(true)
    expect(sent).toEqual([publish(1)])
  })
})

describe('without a connection', () => {
  test('it is given up after the time that the relay names', async () => {
    const { session, clock, expired } = open()
    session.begin({ ...keeping, limits: { ...keeping.limits, resume_ms: 5000 } })
    expect(session.leave()).toBe(true)
    await clock.advance(4000)
    expect(session.leave()).toBe(true) // an attempt to come back has failed
    await clock.advance(999)
    expect(expired()).toBe(0)
    await clock.advance(1)
    expect(expired()).toBe(1)
    expect(session.leave()).toBe(false)
    expect(clock.timers).toBe(0)
  })
  test('it is given up after a minute if the relay names no time', async () => {
    const { session, clock, expired } = open()
    session.begin(keeping)
    session.leave()
    await clock.advance(59_999)
    expect(expired()).toBe(0)
    await clock.advance(1)
    expect(expired()).toBe(1)
  })
  test('it does not come back to a relay that has not welcomed it, or keeps nothing', () => {
    const { session, clock } = open()
    expect(session.leave()).toBe(false)
    session.begin({ ...keeping, limits: { ...keeping.limits, resume_bytes: 0 } })
    expect(session.leave()).toBe(false)
    expect(session.claim()).toBeUndefined()
    expect(clock.timers).toBe(0)
  })
  test('it is away until the relay goes on with it', async () => {
    const { session, clock, expired } = open()
    session.begin(keeping)
    expect([session.away, session.relay]).toEqual([false, undefined])
    session.leave()
    expect([session.away, session.relay]).toEqual([true, 'r'])
    expect(session.resume({ ...keeping, resumed: false })).toBe(false)
    expect(session.away).toBe(true)
    expect(session.resume({ ...keeping, resumed: true })).toBe(true)
    expect([session.away, session.relay]).toEqual([false, undefined])
    await clock.advance(100_000)
    expect(expired()).toBe(0)
  })
  test('a relay that has fewer of its frames than it confirmed, or more than were sent, does not go on with it', () => {
    for (const received of [0, 3, Number.NaN]) {
      const { session, sent } = open()
      session.begin(keeping)
      for (const id of [1, 2]) session.send(publish(id))
      session.confirm(1)
      session.leave()
      sent.length = 0
      expect(session.resume({ ...keeping, resumed: true, received })).toBe(false)
      expect(sent).toEqual([])
    }
  })
})

test('a session that has ended has no timer and sends nothing', async () => {
  const { session, clock, sent } = open()
  session.begin(keeping)
  session.handled(1)
  session.end()
  expect(clock.timers).toBe(0)
  session.handled(5000)
  await clock.advance(5000)
  expect(sent).toEqual([])
})
