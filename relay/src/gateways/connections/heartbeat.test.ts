import { describe, expect, it } from 'vitest'
import { defaultLimits } from '../../core/limits.js'
import { fakeClock } from '../../testing/fake-clock.js'
import { heartbeat, pingMs as pingMsOf, type Watched } from './heartbeat.js'

const pingMs = pingMsOf(defaultLimits)

function watched(): Watched & { unfinished: number; completed: number; pings: number; why: string[] } {
  return {
    hasReceived: false,
    unfinished: 0,
    completed: 0,
    hasSent: false,
    pings: 0,
    why: [],
    quiet() {
      this.pings++
    },
    lost(why) {
      this.why.push(why)
    },
  }
}

describe('the heartbeat', () => {
  it('pings within its announced time if nothing was received or sent', () => {
    const clock = fakeClock()
    const connection = watched()
    heartbeat(clock, defaultLimits).watch(connection)
    clock.advance(pingMs)
    expect(connection.pings).toBeGreaterThan(0)
  })

  it('pings a connection that only receives, and one that only sends', () => {
    for (const flag of ['hasReceived', 'hasSent'] as const) {
      const clock = fakeClock()
      const connection = watched()
      heartbeat(clock, defaultLimits).watch(connection)
      for (let ms = 0; ms < pingMs; ms += 1000) {
        connection[flag] = true
        clock.advance(1000)
      }
      expect(connection.pings).toBe(1)
    }
  })

  it('does not ping a connection that does both', () => {
    const clock = fakeClock()
    const connection = watched()
    heartbeat(clock, defaultLimits).watch(connection)
    for (let ms = 0; ms < 10 * pingMs; ms += 1000) {
      connection.hasReceived = true
      connection.hasSent = true
      clock.advance(1000)
    }
    expect({ pings: connection.pings, why: connection.why }).toEqual({ pings: 0, why: [] })
  })

  it('ends a connection that sends nothing for 10 s after the ping', () => {
    const clock = fakeClock()
    const connection = watched()
    heartbeat(clock, defaultLimits).watch(connection)
    clock.advance(pingMs)
    expect(connection.why).toEqual([])
    clock.advance(15_000)
    expect(connection.why[0]).toMatch(/nothing was received/)
  })

  it('counts a time in which the process was stopped as one tick, so that clients answer first (N7, N8)', () => {
    let tick = (): void => {}
    const connection = watched()
    // A timer that is hours late runs once, before later input is read.
    heartbeat(
      {
        ...fakeClock(),
        after(_, run) {
          tick = run
          return () => {}
        },
      },
      defaultLimits,
    ).watch(connection)
    for (let pause = 0; pause < 100; pause++) {
      const { pings } = connection
      while (connection.pings === pings) tick()
      tick()
      connection.hasReceived = true // its "Pong", which had waited
    }
    expect(connection.why).toEqual([])
  })

  it('ends a connection that keeps a message incomplete, although bytes come', () => {
    const clock = fakeClock()
    const connection = watched()
    heartbeat(clock, defaultLimits).watch(connection)
    connection.unfinished = 1
    clock.advance(15_000)
    expect(connection.why).toEqual([])
    clock.advance(5000)
    expect(connection.why[0]).toMatch(/not finished/)
  })

  it('ends a connection that keeps a message incomplete, although pings come', () => {
    const clock = fakeClock()
    const connection = watched()
    heartbeat(clock, defaultLimits).watch(connection)
    connection.unfinished = 1
    for (let second = 0; second < 20; second++) {
      connection.hasReceived = true
      clock.advance(1000)
    }
    expect(connection.why[0]).toMatch(/not finished/)
  })

  it('keeps a connection that is always in the middle of another message', () => {
    const clock = fakeClock()
    const connection = watched()
    heartbeat(clock, defaultLimits).watch(connection)
    for (let second = 0; second < 60; second++) {
      connection.unfinished = 1 + (second % 3)
      connection.completed++
      clock.advance(1000)
    }
    expect(connection.why).toEqual([])
  })

  it('keeps a connection with a slow, steady upload, and ends one that drips', () => {
    for (const [bytes, kept] of [
      [50_000, true],
      [10, false],
    ] as const) {
      const clock = fakeClock()
      const connection = watched()
      heartbeat(clock, defaultLimits).watch(connection)
      for (let second = 0; second < 60; second++) {
        connection.unfinished += bytes
        clock.advance(1000)
      }
      expect(connection.why.length === 0).toBe(kept)
    }
  })

  it('forgets an unwatched connection, and keeps no timer when stopped', () => {
    const clock = fakeClock()
    const connection = watched()
    const beat = heartbeat(clock, defaultLimits)
    beat.watch(connection)
    beat.unwatch(connection)
    clock.advance(10 * pingMs)
    expect({ pings: connection.pings, why: connection.why }).toEqual({ pings: 0, why: [] })
    beat.stop()
    expect(clock.timers).toBe(0)
  })
})
