import { WildcastError } from '@wildcast/protocol'
import { describe, expect, test } from 'vitest'
import { step } from './connection.js'
import type { ConnectionEvent, ConnectionState, ConnectionStep } from './connection-step.js'

// Row N6: 2,000 clients lose the same relay at the same time and differ only in their random
// numbers.

const clients = 2000

let seed = 6
/** A number from 0 up to 1, the same sequence in each run (Park and Miller's generator). */
function random(): number {
  seed = (seed * 48_271) % 2_147_483_647
  return seed / 2_147_483_647
}

const reason = new WildcastError('interrupted', 'lost')
const failed: ConnectionEvent = { type: 'failed', reason }

/** A client that has been online for a while. */
function online(now: number): ConnectionState {
  const events: ConnectionEvent[] = [
    { type: 'wanted' },
    { type: 'token' },
    { type: 'opened' },
    { type: 'welcomed', pingMs: 25_000 },
    { type: 'fired', silentMs: 0, late: false },
  ]
  const idle: ConnectionState = { state: 'idle', since: now }
  return events.reduce<ConnectionState>(
    (state, event) => step(state, event, { now, chance: random(), probeMs: 1500 }).to,
    idle,
  )
}

/**
 * When a client reconnects whose relay is away from 0 to `awayMs`. An attempt takes no time.
 */
function backAt(awayMs: number, reconnectIn?: readonly [number, number]): number {
  let now = 0
  const apply = (from: ConnectionState, event: ConnectionEvent): ConnectionStep =>
    step(from, event, { now, chance: random(), probeMs: 1500 })
  const before = online(now)
  const announced = reconnectIn ? apply(before, { type: 'goingAway', window: reconnectIn }).to : before
  for (let { to, armMs } = apply(announced, failed); armMs !== undefined; ) {
    now += armMs
    const attempt = apply(to, { type: 'fired', silentMs: 0, late: false })
    expect(attempt.open).toBe(true)
    if (now >= awayMs) return now
    const next = apply(attempt.to, failed)
    to = next.to
    armMs = next.armMs
  }
  throw new Error('the client makes no further attempt')
}

/** When each client reconnects, in order, counted from the return of the relay. */
function storm(awayMs: number, reconnectIn?: readonly [number, number]): number[] {
  const moments = Array.from({ length: clients }, () => backAt(awayMs, reconnectIn) - awayMs)
  return moments.sort((a, b) => a - b)
}

/** The largest number of clients in any second. */
function mostInASecond(sorted: readonly number[]): number {
  let from = 0
  return sorted.reduce((most, at, i) => {
    while (at - (sorted[from] ?? 0) >= 1000) from++
    return Math.max(most, i - from + 1)
  }, 0)
}

const mean = (numbers: readonly number[]): number => numbers.reduce((sum, one) => sum + one, 0) / numbers.length

describe.each([200, 300, 500, 700, 1000, 1500, 2000, 2500, 3000, 4000, 5000])(
  'a relay that is away for %i ms',
  (away) => {
    const back = storm(away)

    test('has at most a quarter of its clients reconnect in any second (N6)', () => {
      expect(mostInASecond(back)).toBeLessThanOrEqual(clients / 4)
    })
    test('has all clients back within 30 s (N6)', () => {
      expect(back.at(-1)).toBeLessThan(30_000)
    })
    test('has its clients back after less than 4 s on average', () => {
      expect(mean(back)).toBeLessThan(4_000)
    })
  },
)

test('a relay that is away for longer has all its clients back within 20 s, a quarter in a second at most', () => {
  for (const away of [7_000, 10_000, 15_000, 20_000, 60_000]) {
    const back = storm(away)
    expect(mostInASecond(back)).toBeLessThanOrEqual(clients / 4)
    expect(back.at(-1)).toBeLessThanOrEqual(20_000)
  }
})

test('a client that loses only its connection is back within 300 ms on average', () => {
  expect(mean(storm(0))).toBeLessThan(300)
})

test('a relay that announces its shutdown has its clients back evenly over its own window', () => {
  const back = storm(0, [0, 10_000])
  expect(mostInASecond(back)).toBeLessThan(clients / 8)
  expect(mean(back)).toBeGreaterThan(4_500)
  expect(back.at(-1)).toBeLessThanOrEqual(10_000)
})
