import type { ClientFrame } from '@wildcast/protocol'
import { describe, expect, test } from 'vitest'
import { createFakeClock } from '../testing/fake-clock.js'
import { keeping } from '../testing/scripted-relay.js'
import { ClientSession } from './client-session.js'

const publish = (id: number): ClientFrame => ({ kind: 'Publish', subject: `n${id}`, message: '' })

/** A session, and what it sends. */
function open() {
  const clock = createFakeClock()
  const sent: ClientFrame[] = []
  const numbers: (number | undefined)[] = []
  let expired = 0
  const session = new ClientSession({
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
    session.begin(keeping.limits) // 4,000 bytes
    for (let i = 0; i < 9; i++) session.handle(100)
    expect(sent).toEqual([])
    session.handle(100)
    expect(sent).toEqual([{ kind: 'Received', count: 10 }])
    for (let i = 0; i < 10; i++) session.handle(100)
    expect(counts(sent)).toEqual([10, 20])
  })
  test('is confirmed within a second, and nothing is awaited while nothing new comes', async () => {
    const { session, clock, sent } = open()
    session.begin(keeping.limits)
    expect(clock.timers).toBe(0)
    session.handle(1)
    await clock.advance(500)
    session.handle(1)
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
    session.begin(keeping.limits)
    session.handle(1)
    session.handle(1000)
    expect(counts(sent)).toEqual([2])
    expect(clock.timers).toBe(0)
  })
  test('is not confirmed to a relay that keeps nothing, or has not said what it keeps', async () => {
    for (const resume_bytes of [undefined, 0]) {
      const { session, clock, sent } = open()
      if (resume_bytes !== undefined) session.begin({ ...keeping.limits, resume_bytes })
      session.handle(10_000)
      await clock.advance(60_000)
      expect(sent).toEqual([])
    }
  })
  test('is not confirmed without a connection', async () => {
    const { session, clock, sent } = open()
    session.begin(keeping.limits)
    session.handle(1)
    session.suspend()
    session.handle(5000) // while its handler has lost the connection
    await clock.advance(2000)
    expect(sent).toEqual([])
    expect(session.claim()).toBe(2)
  })
})

describe('what was sent', () => {
  test('has its number, if it counts', () => {
    const { session, numbers } = open()
    session.begin(keeping.limits)
    session.send(publish(1))
    session.handle(1000)
    session.send(publish(2))
    expect(numbers).toEqual([1, undefined, 2])
  })
  test('and could not be encoded has no number', () => {
    const numbers: (number | undefined)[] = []
    const session = new ClientSession({
      clock: createFakeClock(),
      send(frame, number) {
        if (frame.kind === 'Cancel') throw new TypeError('no')
        numbers.push(number)
      },
      expired: () => {},
    })
    session.begin(keeping.limits)
    expect(() => session.send({ kind: 'Cancel', ref: 1 })).toThrow(TypeError)
    session.send(publish(1))
    session.suspend()
    session.resume({ ...keeping, resumed: true, received: 0 })
    expect(numbers).toEqual([1, 1])
  })
  test('before Welcome belongs to the session, too', () => {
    const { session, sent } = open()
    session.send(publish(1))
    session.begin(keeping.limits)
    session.suspend()
    sent.length = 0
    expect(session.resume({ ...keeping, resumed: true, received: 0 })).toBe(true)
    expect(sent).toEqual([publish(1)])
  })
})

describe('without a connection', () => {
  test('it is given up after the time that the relay names', async () => {
    const { session, clock, expired } = open()
    session.begin({ ...keeping.limits, resume_ms: 5000 })
    expect(session.suspend()).toBe(true)
    await clock.advance(4000)
    expect(session.suspend()).toBe(true) // an attempt to come back has failed
    await clock.advance(999)
    expect(expired()).toBe(0)
    await clock.advance(1)
    expect(expired()).toBe(1)
    expect(session.suspend()).toBe(false)
    expect(clock.timers).toBe(0)
  })
  test('it is given up after a minute if the relay names no time', async () => {
    const { session, clock, expired } = open()
    session.begin(keeping.limits)
    session.suspend()
    await clock.advance(59_999)
    expect(expired()).toBe(0)
    await clock.advance(1)
    expect(expired()).toBe(1)
  })
  test('it does not come back to a relay that has not welcomed it, or keeps nothing', () => {
    const { session, clock } = open()
    expect(session.suspend()).toBe(false)
    session.begin({ ...keeping.limits, resume_bytes: 0 })
    expect(session.suspend()).toBe(false)
    expect(session.away).toBe(false)
    expect(clock.timers).toBe(0)
  })
  test('it is away until the relay goes on with it', async () => {
    const { session, clock, expired } = open()
    session.begin(keeping.limits)
    expect(session.away).toBe(false)
    session.suspend()
    expect(session.away).toBe(true)
    expect(session.resume({ ...keeping, resumed: false })).toBe(false)
    expect(session.away).toBe(true)
    expect(session.resume({ ...keeping, resumed: true })).toBe(true)
    expect(session.away).toBe(false)
    await clock.advance(100_000)
    expect(expired()).toBe(0)
  })
  test.each([0, -1, 4, Number.NaN, Number.POSITIVE_INFINITY])(
    'it does not go on with a relay that has %d of 3 frames, of which one was confirmed',
    (received) => {
      const { session, sent } = open()
      session.begin(keeping.limits)
      for (const id of [1, 2, 3]) session.send(publish(id))
      session.confirm(1)
      session.suspend()
      sent.length = 0
      expect(session.resume({ ...keeping, resumed: true, received })).toBe(false)
      expect(sent).toEqual([])
      expect(session.away).toBe(true)
    },
  )
  test.each([1, 2, 3])('what follows %i frames of 3 is sent again, with its numbers', (received) => {
    const { session, sent, numbers } = open()
    session.begin(keeping.limits)
    for (const id of [1, 2, 3]) session.send(publish(id))
    session.confirm(1)
    session.suspend()
    sent.length = 0
    numbers.length = 0
    expect(session.resume({ ...keeping, resumed: true, received })).toBe(true)
    expect(sent).toEqual([publish(2), publish(3)].slice(received - 1))
    expect(numbers).toEqual([2, 3].slice(received - 1))
  })
})

describe('a count of the relay', () => {
  const sent = () => {
    const { session } = open()
    session.begin(keeping.limits)
    for (const id of [1, 2, 3]) session.send(publish(id))
    return session
  }
  test.each([4, Number.NaN, Number.POSITIVE_INFINITY])('of %d frames is wrong if 3 were sent', (count) => {
    expect(sent().confirm(count)).toBe(false)
  })
  test('that goes back changes nothing', () => {
    const session = sent()
    for (const count of [2, 1, 0]) expect(session.confirm(count)).toBe(true)
    session.suspend()
    expect(session.resume({ ...keeping, resumed: true, received: 2 })).toBe(true)
  })
})

test('a session that has ended has no timer and sends nothing', async () => {
  const { session, clock, sent } = open()
  session.begin(keeping.limits)
  session.handle(1)
  session.end()
  expect(clock.timers).toBe(0)
  session.handle(5000)
  await clock.advance(5000)
  expect(sent).toEqual([])
})
