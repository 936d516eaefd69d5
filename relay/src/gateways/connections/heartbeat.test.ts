import { describe, expect, it } from 'vitest'
import { fakeClock } from '../../testing/fake-clock.js'
import { heartbeat, pingMs, type Watched } from './heartbeat.js'

function watched(): Watched & { unfinished: number; completed: number; pings: number; why: string[] } {
  return {
    heard: false,
    unfinished: 0,
    completed: 0,
    sent: false,
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
  it('pings within its announced time where nothing was heard or sent', () => {
    const clock = fakeClock()
    const connection = watched()
    heartbeat(clock).watch(connection)
    clock.advance(pingMs)
    expect(connection.pings).toBeGreaterThan(0)
  })

  it('pings a connection that only listens, and one that only talks', () => {
    for (const flag of ['heard', 'sent'] as const) {
      const clock = fakeClock()
      const connection = watched()
      heartbeat(clock).watch(connection)
      for (let ms = 0; ms < pingMs; ms += 1000) {
        connection[flag] = true
        clock.advance(1000)
      }
      expect(connection.pings).toBe(1)
    }
  })

  it('leaves a connection alone that does both', () => {
    const clock = fakeClock()
    const connection = watched()
    heartbeat(clock).watch(connection)
    for (let ms = 0; ms < 10 * pingMs; ms += 1000) {
      connection.heard = true
      connection.sent = true
      clock.advance(1000)
    }
    expect([connection.pings, connection.why]).toEqual([0, []])
  })

  it('gives a connection up that says nothing for the ping and ten seconds', () => {
    const clock = fakeClock()
    const connection = watched()
    heartbeat(clock).watch(connection)
    clock.advance(pingMs)
    expect(connection.why).toEqual([])
    clock.advance(15_000)
    expect(connection.why[0]).toMatch(/nothing was heard/)
  })

  it('counts a time in which the process stood still as one tick, so that clients answer first (N7, N8)', () => {
    let tick = (): void => {}
    const connection = watched()
    // A timer that is late by hours runs once, before anything that came meanwhile is read.
    heartbeat({
      ...fakeClock(),
      after(_, run) {
        tick = run
        return () => {}
      },
    }).watch(connection)
    for (let pause = 0; pause < 100; pause++) {
      const { pings } = connection
      while (connection.pings === pings) tick()
      tick()
      connection.heard = true // its "Pong", which had waited
    }
    expect(connection.why).toEqual([])
  })

  it('gives a connection up that keeps a message unfinished, although bytes come', () => {
    const clock = fakeClock()
    const connection = watched()
    heartbeat(clock).watch(connection)
    connection.unfinished = 1
    clock.advance(15_000)
    expect(connection.why).toEqual([])
    clock.advance(5000)
    expect(connection.why[0]).toMatch(/not finished/)
  })

  it('gives a connection up that keeps a message unfinished, although pings are heard', () => {
    const clock = fakeClock()
    const connection = watched()
    heartbeat(clock).watch(connection)
    connection.unfinished = 1
    for (let second = 0; second < 20; second++) {
      connection.heard = true
      clock.advance(1000)
    }
    expect(connection.why[0]).toMatch(/not finished/)
  })

  it('keeps a connection that is always in the middle of another message', () => {
    const clock = fakeClock()
    const connection = watched()
    heartbeat(clock).watch(connection)
    for (let second = 0; second < 60; second++) {
      connection.unfinished = 1 + (second % 3)
      connection.completed++
      clock.advance(1000)
    }
    expect(connection.why).toEqual([])
  })

  it('keeps a connection whose upload is slow but goes on, and gives up one that drips', () => {
    for (const [bytes, kept] of [
      [50_000, true],
      [10, false],
    ] as const) {
      const clock = fakeClock()
      const connection = watched()
      heartbeat(clock).watch(connection)
      for (let second = 0; second < 60; second++) {
        connection.unfinished += bytes
        clock.advance(1000)
      }
      expect(connection.why.length === 0).toBe(kept)
    }
  })

  it('forgets a connection that is not watched any more, and keeps no timer when stopped', () => {
    const clock = fakeClock()
    const connection = watched()
    const beat = heartbeat(clock)
    beat.watch(connection)
    beat.unwatch(connection)
    clock.advance(10 * pingMs)
    expect([connection.pings, connection.why]).toEqual([0, []])
    beat.stop()
    expect(clock.timers).toBe(0)
  })
})
