import { WildcastError } from '@wildcast/protocol'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { step as pureStep } from './connection.js'
import type { ConnectionEvent, ConnectionFacts, ConnectionState, ConnectionStep, Liveness } from './connection-step.js'

type Effect = {
  readonly type: 'drop' | 'arm' | 'probe' | 'open' | 'subscribe' | 'flush' | 'lost' | 'disarm'
  readonly [detail: string]: unknown
}

/** A step, with what is to be done in the order in which it is done. */
function step(...happens: Parameters<typeof pureStep>): { readonly to: ConnectionState; readonly effects: Effect[] } {
  const { to, lost, armMs, probe, open, notify }: ConnectionStep = pureStep(...happens)
  const over = lost && to.state === 'closed'
  const effects: (Effect | false | undefined)[] = [
    lost && { type: 'drop', ...(over && { code: 1000 }) },
    armMs !== undefined && { type: 'arm', ms: armMs },
    probe && { type: 'probe' },
    over && { type: 'disarm' },
    open && { type: 'open' },
    notify === 'opened' && { type: 'subscribe' },
    notify === 'welcomed' && { type: 'flush' },
    lost && { type: 'lost', reason: lost },
  ]
  return { to, effects: effects.filter((effect) => effect !== undefined && effect !== false) }
}

const reason = new WildcastError('interrupted', 'lost')
const noon: ConnectionFacts = { now: 1_000_000, chance: 0.5, probeMs: 1500 }
const later = (ms: number): ConnectionFacts => ({ ...noon, now: noon.now + ms })
const idle: ConnectionState = { state: 'idle', since: 0 }

/** The state after some happenings, all at noon. */
function after(...happenings: ConnectionEvent[]): ConnectionState {
  return happenings.reduce((state, happening) => step(state, happening, noon).to, idle)
}
const kinds = (effects: readonly Effect[]): string[] => effects.map(({ type }) => type)
const wanted: ConnectionEvent = { type: 'wanted' }
const failed: ConnectionEvent = { type: 'failed', reason, final: false }
const welcomed: ConnectionEvent = { type: 'welcomed', pingMs: 25_000 }
const ended: ConnectionEvent = { type: 'ended' }
const rang = (silentMs = 0, more: Partial<Liveness> = {}): ConnectionEvent => ({
  type: 'fired',
  silentMs,
  late: false,
  ...more,
})
const woke = (silentMs = 0): ConnectionEvent => ({ type: 'woke', silentMs, late: false })
const sent: ConnectionEvent = { type: 'sent' }
const heard: ConnectionEvent = { type: 'received' }

describe('connecting', () => {
  test('opens one transport with a deadline of 10 s', () => {
    const { to, effects } = step(idle, wanted, noon)
    expect(to).toMatchObject({ state: 'connecting', attempt: 0, since: noon.now })
    expect(effects).toEqual([{ type: 'arm', ms: 10_000 }, { type: 'open' }])
  })
  test('a second wish opens no second transport', () => {
    for (const state of [after(wanted), after(wanted, welcomed)]) expect(step(state, wanted, noon).effects).toEqual([])
  })
  test('subscribes when the transport is open; is online, and sends what waits, when welcome', () => {
    expect(kinds(step(after(wanted), { type: 'opened' }, noon).effects)).toEqual(['subscribe'])
    expect(kinds(step(after(wanted), welcomed, noon).effects)).toEqual(['arm', 'flush'])
    expect(after(wanted, welcomed)).toMatchObject({ state: 'online', limitMs: 32_000 })
  })
  test('past the deadline it drops the transport and waits', () => {
    const { to, effects } = step(after(wanted), rang(), later(10_000))
    expect(to).toMatchObject({ state: 'waiting', attempt: 1, nextRetryAt: later(10_100).now })
    expect(kinds(effects)).toEqual(['drop', 'arm', 'lost'])
  })
  test('waking does not disturb an attempt', () => {
    expect(step(after(wanted), woke(99_999), noon).effects).toEqual([])
  })
})

describe('an attempt that fails', () => {
  const proved: ConnectionEvent = { type: 'token' }
  const reportOf = (...happenings: ConnectionEvent[]) => pureStep(after(...happenings), failed, noon).report

  test('has its whole time again once there is a token', () => {
    expect(step(after(wanted), proved, noon).effects).toEqual([{ type: 'arm', ms: 10_000 }])
  })
  test('for want of a token is reported each time', () => {
    expect(reportOf(wanted)).toBe('token')
    expect(reportOf(wanted, failed, rang())).toBe('token')
  })
  test('for want of a relay is reported once, until one is reached', () => {
    expect(reportOf(wanted, proved)).toBe('transport')
    expect(reportOf(wanted, proved, { type: 'opened' })).toBe('transport')
    expect(reportOf(wanted, proved, failed, rang(), proved)).toBeUndefined()
    expect(reportOf(wanted, proved, failed, wanted, proved)).toBeUndefined()
    expect(reportOf(wanted, proved, failed, rang(), proved, welcomed, failed, rang(), proved)).toBe('transport')
  })
  test('is reported again after a relay has refused the client', () => {
    const refused: ConnectionEvent = { type: 'failed', reason, final: true }
    expect(reportOf(wanted, proved, failed, rang(), proved, refused, wanted, proved)).toBe('transport')
  })
  test('is not reported when the connection was up', () => {
    expect(reportOf(wanted, proved, welcomed)).toBeUndefined()
  })
})

describe('waiting', () => {
  test('each failure in a row lengthens the wait', () => {
    let state = after(wanted)
    const waits = Array.from({ length: 8 }, () => {
      const { to } = step(state, failed, noon)
      state = step(to, rang(), noon).to
      return to.state === 'waiting' ? to.nextRetryAt - noon.now : to.state
    })
    expect(waits).toEqual([100, 2500, 6000, 9000, 13_500, 16_000, 16_000, 16_000])
  })
  test('the timer, waking and a wish end it', () => {
    for (const happening of [rang(), woke(), wanted])
      expect(step(after(wanted, failed), happening, noon).to.state).toBe('connecting')
  })
  test('only a wish forgets the failures before', () => {
    const attempt = (happening: ConnectionEvent) => step(after(wanted, failed), happening, noon).to
    expect(attempt(rang())).toMatchObject({ attempt: 1 })
    expect(attempt(woke())).toMatchObject({ attempt: 1 })
    expect(attempt(wanted)).toMatchObject({ attempt: 0 })
  })
})

describe('online', () => {
  const online = after(wanted, welcomed)
  const shaky = after(wanted, failed, wanted, failed, rang(), welcomed)

  test('failures are forgotten after 5 s of health, not before', () => {
    expect(step(shaky, failed, later(4999)).to).toMatchObject({ attempt: 2 })
    expect(step(shaky, failed, later(5000)).to).toMatchObject({ attempt: 1 })
  })
  test('is checked again when as much silence may have passed', () => {
    expect(step(online, rang(10_000), noon).effects).toEqual([{ type: 'arm', ms: 22_000 }])
  })
  test.each([
    ['after 32 s of silence', rang(32_000)],
    ['by a timer that is much too late', rang(10_000, { late: true })],
    ['when it wakes', woke(10_000)],
  ])('asks for a sign of life twice, and is dead without one: %s', (_, happening) => {
    expect(step(online, rang(31_999), noon).to).not.toHaveProperty('wait')
    const first = step(online, happening, noon)
    expect(kinds(first.effects)).toEqual(['arm', 'probe'])
    const second = step(first.to, rang(40_000), noon)
    expect(kinds(second.effects)).toEqual(['arm', 'probe'])
    expect(step(second.to, rang(40_000), noon).to.state).toBe('waiting')
    expect(step(second.to, heard, noon).to).toMatchObject({ state: 'online', wait: undefined })
  })
  test('asks once after a frame that was sent and that nothing followed', () => {
    const first = step(online, sent, noon)
    expect(kinds(first.effects)).toEqual(['arm'])
    const second = step(first.to, rang(1500), noon)
    expect(kinds(second.effects)).toEqual(['arm', 'probe'])
    expect(step(second.to, rang(3000), noon).to.state).toBe('waiting')
  })
  test('asks nothing more while it asks', () => {
    const asking = step(online, woke(), noon).to
    for (const happening of [woke(), sent]) expect(step(asking, happening, noon)).toEqual({ to: asking, effects: [] })
  })
  test('asks again when it wakes after a sign of life', () => {
    const heardOf = step(step(online, woke(), noon).to, heard, noon).to
    expect(kinds(step(heardOf, woke(), noon).effects)).toEqual(['arm', 'probe'])
  })
  test('what is sent after a sign of life has its own time', () => {
    const first = step(online, sent, noon)
    expect(first.effects).toEqual([{ type: 'arm', ms: 1500 }])
    const second = step(step(first.to, heard, noon).to, sent, noon)
    expect(second.effects).toEqual([{ type: 'arm', ms: 1500 }])
  })
  test('a sign of life leaves the timer, which finds no doubt', () => {
    const again = step(step(online, sent, noon).to, heard, noon)
    expect(again.effects).toEqual([])
    expect(step(again.to, rang(1000), noon).effects).toEqual([{ type: 'arm', ms: 31_000 }])
  })
  test('when it wakes after longer silence, it connects at once', () => {
    const { to, effects } = step(online, woke(600_000), noon)
    expect(to.state).toBe('connecting')
    expect(kinds(effects)).toEqual(['drop', 'arm', 'open', 'lost'])
  })
  test('a relay that goes away is left at a moment of its window', () => {
    const leaving = step(online, { type: 'goingAway', window: [1000, 5000] }, noon)
    expect(leaving.effects).toEqual([{ type: 'arm', ms: 3000 }])
    expect(step(leaving.to, rang(), later(3000)).to).toMatchObject({ state: 'connecting', attempt: 0 })
  })
  test('a relay that closes before that moment is not come back to earlier', () => {
    const leaving = step(online, { type: 'goingAway', window: [1000, 5000] }, noon).to
    expect(step(leaving, failed, later(500)).to).toMatchObject({ state: 'waiting', nextRetryAt: later(3000).now })
  })
})

describe('closed', () => {
  test('a final refusal is come back from only by a wish', () => {
    const refused = after(wanted, { type: 'failed', reason, final: true })
    expect(refused).toMatchObject({ state: 'closed', reason })
    for (const happening of [rang(), woke(), failed, welcomed]) expect(step(refused, happening, noon).to).toBe(refused)
    expect(step(refused, wanted, noon).to.state).toBe('connecting')
  })
  test('close() is for ever, and ends the session', () => {
    const { to, effects } = step(after(wanted, welcomed), ended, noon)
    expect(to).toEqual({ state: 'closed', since: noon.now, reason: undefined })
    expect(effects[0]).toEqual({ type: 'drop', code: 1000 })
    for (const happening of [wanted, rang(), woke(), failed, welcomed, ended])
      expect(step(to, happening, noon)).toEqual({ to, effects: [] })
  })
})

const anything: fc.Arbitrary<ConnectionEvent> = fc.oneof(
  fc.constantFrom(wanted, failed, welcomed, ended, sent, heard, { type: 'opened' } as const),
  fc.record({
    type: fc.constantFrom('fired' as const, 'woke' as const),
    silentMs: fc.nat(100_000),
    late: fc.boolean(),
  }),
  fc.record({ type: fc.constant('failed' as const), reason: fc.constant(reason), final: fc.boolean() }),
  fc.record({
    type: fc.constant('goingAway' as const),
    window: fc.tuple(fc.nat(1000), fc.integer({ min: 1000, max: 9000 })),
  }),
)

test('whatever happens, there is one transport at most, one timer at most, and both where they are needed', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(anything, fc.nat(60_000), fc.double({ min: 0, max: 0.999, noNaN: true }))),
      (story) => {
        let state: ConnectionState = idle
        let now = 0
        let transports = 0
        let timers = 0
        for (const [happening, ms, chance] of story) {
          // A timer rings only when set, a transport speaks only when open.
          if (happening.type === 'fired' && timers === 0) continue
          if (['opened', 'welcomed', 'failed', 'goingAway'].includes(happening.type) && transports === 0) continue
          if (happening.type === 'fired') timers = 0
          now += ms
          const { to, effects } = step(state, happening, { ...noon, now, chance })
          for (const effect of effects) {
            if (effect.type === 'open') expect(++transports).toBe(1)
            if (effect.type === 'drop') transports = 0
            if (effect.type === 'arm') {
              timers = 1
              expect(effect.ms as number).toBeGreaterThanOrEqual(0)
            }
            if (effect.type === 'disarm') timers = 0
          }
          expect(effects.findIndex(({ type }) => ['lost', 'subscribe', 'flush'].includes(type))).toBeOneOf([
            -1,
            effects.length - 1,
          ])
          expect(transports).toBe(to.state === 'connecting' || to.state === 'online' ? 1 : 0)
          expect(timers).toBe(to.state === 'closed' || to.state === 'idle' ? 0 : 1)
          state = to
        }
      },
    ),
    { numRuns: 500 },
  )
})
