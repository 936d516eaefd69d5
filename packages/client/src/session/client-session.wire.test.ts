// Scripted: the subject is the wire: the numbers and confirmations of frames.
import type { ClientFrame } from '@wildcast/protocol'
import { describe, expect, test } from 'vitest'
import { createFakeClock } from '../testing/fake-clock.js'
import { keeping } from '../testing/scripted-relay.js'
import { ClientSession } from './client-session.js'

const publish = (id: number): ClientFrame => ({ kind: 'Publish', subject: `n${id}`, message: '' })

/** A session with the frames that it sends. */
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

describe('received frames', () => {
  const counts = (sent: readonly ClientFrame[]): unknown[] => sent.map((frame) => 'count' in frame && frame.count)

  test('are confirmed after a quarter of the bytes that the relay keeps', () => {
    const { session, sent } = open()
    session.begin(keeping.limits) // 4,000 bytes
    for (let i = 0; i < 9; i++) session.handle(100)
    expect(sent).toEqual([])
    session.handle(100)
    expect(sent).toEqual([{ kind: 'Received', count: 10 }])
    for (let i = 0; i < 10; i++) session.handle(100)
    expect(counts(sent)).toEqual([10, 20])
  })
  test('are confirmed within a second, after which no timer runs', async () => {
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
  test('are not confirmed again by the timer', async () => {
    const { session, clock, sent } = open()
    session.begin(keeping.limits)
    session.handle(1)
    session.handle(1000)
    expect(counts(sent)).toEqual([2])
    expect(clock.timers).toBe(0)
  })
  test('are not confirmed to a relay that keeps nothing, or before Welcome', async () => {
    for (const resume_bytes of [undefined, 0]) {
      const { session, clock, sent } = open()
      if (resume_bytes !== undefined) session.begin({ ...keeping.limits, resume_bytes })
      session.handle(10_000)
      await clock.advance(60_000)
      expect(sent).toEqual([])
    }
  })
  test('are not confirmed without a connection', async () => {
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

describe('a sent frame', () => {
  test('has a number if it counts', () => {
    const { session, numbers } = open()
    session.begin(keeping.limits)
    session.send(publish(1))
    session.handle(1000)
    session.send(publish(2))
    expect(numbers).toEqual([1, undefined, 2])
  })
  test('that can not be encoded has no number', () => {
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
  test('belongs to the session, even before Welcome', () => {
    const { session, sent } = open()
    session.send(publish(1))
    session.begin(keeping.limits)
    session.suspend()
    sent.length = 0
    expect(session.resume({ ...keeping, resumed: true, received: 0 })).toBe(true)
    expect(sent).toEqual([publish(1)])
  })
})

describe('a session without a connection', () => {
  test('is given up after the time in Welcome', async () => {
    const { session, clock, expired } = open()
    session.begin({ ...keeping.limits, resume_ms: 5000 })
    expect(session.suspend()).toBe(true)
    await clock.advance(4000)
    expect(session.suspend()).toBe(true) // an attempt to resume has failed
    await clock.advance(999)
    expect(expired()).toBe(0)
    await clock.advance(1)
    expect(expired()).toBe(1)
    expect(session.suspend()).toBe(false)
    expect(clock.timers).toBe(0)
  })
  test('is given up after a minute if Welcome has no time', async () => {
    const { session, clock, expired } = open()
    session.begin(keeping.limits)
    session.suspend()
    await clock.advance(59_999)
    expect(expired()).toBe(0)
    await clock.advance(1)
    expect(expired()).toBe(1)
  })
  test('can not resume before Welcome, or at a relay that keeps nothing', () => {
    const { session, clock } = open()
    expect(session.suspend()).toBe(false)
    session.begin({ ...keeping.limits, resume_bytes: 0 })
    expect(session.suspend()).toBe(false)
    expect(session.away).toBe(false)
    expect(clock.timers).toBe(0)
  })
  test('is away until the relay resumes it', async () => {
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
    'can not resume at a relay that has %d of 3 frames, of which one was confirmed',
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
  test.each([1, 2, 3])('sends the frames after the first %i of 3 again, with their numbers', (received) => {
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
  test('that is lower than before changes nothing', () => {
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
