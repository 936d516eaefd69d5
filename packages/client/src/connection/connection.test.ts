import { WildcastError } from '@wildcast/protocol'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { step as pureStep } from './connection.js'
import type { ConnectionEvent, ConnectionFacts, ConnectionState, ConnectionStep, Liveness } from './connection-step.js'

type Effect = {
  readonly type: 'drop' | 'arm' | 'probe' | 'open' | 'subscribe' | 'flush' | 'lost' | 'disarm'
  readonly [detail: string]: unknown
}

/** A step with its effects in order of execution. */
function step(...input: Parameters<typeof pureStep>): { readonly to: ConnectionState; readonly effects: Effect[] } {
  const { to, lost, armMs, probe, open, notify }: ConnectionStep = pureStep(...input)
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
const facts: ConnectionFacts = { now: 1_000_000, chance: 0.5, probeMs: 1500 }
const later = (ms: number): ConnectionFacts => ({ ...facts, now: facts.now + ms })
const idle: ConnectionState = { state: 'idle', since: 0 }

/** The state after some events, all at the same time. */
function after(...events: ConnectionEvent[]): ConnectionState {
  return events.reduce((state, event) => step(state, event, facts).to, idle)
}
const kinds = (effects: readonly Effect[]): string[] => effects.map(({ type }) => type)
const wanted: ConnectionEvent = { type: 'wanted' }
const failed: ConnectionEvent = { type: 'failed', reason, final: false }
const welcomed: ConnectionEvent = { type: 'welcomed', pingMs: 25_000 }
const ended: ConnectionEvent = { type: 'ended' }
const fired = (silentMs = 0, more: Partial<Liveness> = {}): ConnectionEvent => ({
  type: 'fired',
  silentMs,
  late: false,
  ...more,
})
const woke = (silentMs = 0): ConnectionEvent => ({ type: 'woke', silentMs, late: false })
const sent: ConnectionEvent = { type: 'sent' }
const received: ConnectionEvent = { type: 'received' }

describe('connecting', () => {
  test('opens one transport with a deadline of 10 s', () => {
    const { to, effects } = step(idle, wanted, facts)
    expect(to).toMatchObject({ state: 'connecting', attempt: 0, since: facts.now })
    expect(effects).toEqual([{ type: 'arm', ms: 10_000 }, { type: 'open' }])
  })
  test('a second connect() opens no second transport', () => {
    for (const state of [after(wanted), after(wanted, welcomed)]) expect(step(state, wanted, facts).effects).toEqual([])
  })
  test('subscribes when the transport opens, and sends queued frames after Welcome', () => {
    expect(kinds(step(after(wanted), { type: 'opened' }, facts).effects)).toEqual(['subscribe'])
    expect(kinds(step(after(wanted), welcomed, facts).effects)).toEqual(['arm', 'flush'])
    expect(after(wanted, welcomed)).toMatchObject({ state: 'online', limitMs: 32_000 })
  })
  test('measures how long the relay takes to welcome the client', () => {
    const sent = step(after(wanted), { type: 'opened' }, facts).to
    expect(step(sent, welcomed, later(40)).to).toMatchObject({ state: 'online', rttMs: 40 })
    expect(step(sent, welcomed, later(-5)).to).toMatchObject({ state: 'online', rttMs: 0 })
  })
  test('drops the transport and waits after the deadline', () => {
    const { to, effects } = step(after(wanted), fired(), later(10_000))
    expect(to).toMatchObject({ state: 'waiting', attempt: 1, nextRetryAt: later(10_100).now })
    expect(kinds(effects)).toEqual(['drop', 'arm', 'lost'])
  })
  test('continues when the page wakes', () => {
    expect(step(after(wanted), woke(99_999), facts).effects).toEqual([])
  })
})

describe('an attempt that fails', () => {
  const proved: ConnectionEvent = { type: 'token' }
  const reportOf = (...events: ConnectionEvent[]) => pureStep(after(...events), failed, facts).report

  test('has the full 10 s again once the token is available', () => {
    expect(step(after(wanted), proved, facts).effects).toEqual([{ type: 'arm', ms: 10_000 }])
  })
  test('to get a token is reported each time', () => {
    expect(reportOf(wanted)).toBe('token')
    expect(reportOf(wanted, failed, fired())).toBe('token')
  })
  test('to reach a relay is reported once, until one is reached', () => {
    expect(reportOf(wanted, proved)).toBe('transport')
    expect(reportOf(wanted, proved, { type: 'opened' })).toBe('transport')
    expect(reportOf(wanted, proved, failed, fired(), proved)).toBeUndefined()
    expect(reportOf(wanted, proved, failed, wanted, proved)).toBeUndefined()
    expect(reportOf(wanted, proved, failed, fired(), proved, welcomed, failed, fired(), proved)).toBe('transport')
  })
  test('is reported again after a relay has refused the client', () => {
    const refused: ConnectionEvent = { type: 'failed', reason, final: true }
    expect(reportOf(wanted, proved, failed, fired(), proved, refused, wanted, proved)).toBe('transport')
  })
  test('is not reported if the connection was up', () => {
    expect(reportOf(wanted, proved, welcomed)).toBeUndefined()
  })
})

describe('waiting', () => {
  test('each failure in a row lengthens the wait', () => {
    let state = after(wanted)
    const waits = Array.from({ length: 8 }, () => {
      const { to } = step(state, failed, facts)
      state = step(to, fired(), facts).to
      return to.state === 'waiting' ? to.nextRetryAt - facts.now : to.state
    })
    expect(waits).toEqual([100, 2500, 6000, 9000, 13_500, 16_000, 16_000, 16_000])
  })
  test('ends when the timer fires, the page wakes or connect() is called', () => {
    for (const event of [fired(), woke(), wanted])
      expect(step(after(wanted, failed), event, facts).to.state).toBe('connecting')
  })
  test('only connect() resets the count of failures', () => {
    const attempt = (event: ConnectionEvent) => step(after(wanted, failed), event, facts).to
    expect(attempt(fired())).toMatchObject({ attempt: 1 })
    expect(attempt(woke())).toMatchObject({ attempt: 1 })
    expect(attempt(wanted)).toMatchObject({ attempt: 0 })
  })
})

describe('online', () => {
  const online = after(wanted, welcomed)
  const unstable = after(wanted, failed, wanted, failed, fired(), welcomed)

  test('the count of failures is reset after 5 s online, not before', () => {
    expect(step(unstable, failed, later(4999)).to).toMatchObject({ attempt: 2 })
    expect(step(unstable, failed, later(5000)).to).toMatchObject({ attempt: 1 })
  })
  test('the timer is set to the rest of the silence limit', () => {
    expect(step(online, fired(10_000), facts).effects).toEqual([{ type: 'arm', ms: 22_000 }])
  })
  test.each([
    ['after 32 s of silence', fired(32_000)],
    ['when the timer is much too late', fired(10_000, { late: true })],
    ['when the page wakes', woke(10_000)],
  ])('the relay is probed twice and given up without an answer: %s', (_, event) => {
    expect(step(online, fired(31_999), facts).to).not.toHaveProperty('wait')
    const first = step(online, event, facts)
    expect(kinds(first.effects)).toEqual(['arm', 'probe'])
    const second = step(first.to, fired(40_000), facts)
    expect(kinds(second.effects)).toEqual(['arm', 'probe'])
    expect(step(second.to, fired(40_000), facts).to.state).toBe('waiting')
    expect(step(second.to, received, facts).to).toMatchObject({ state: 'online', wait: undefined })
  })
  test('the relay is probed once if it sends nothing after a frame was sent', () => {
    const first = step(online, sent, facts)
    expect(kinds(first.effects)).toEqual(['arm'])
    const second = step(first.to, fired(1500), facts)
    expect(kinds(second.effects)).toEqual(['arm', 'probe'])
    expect(step(second.to, fired(3000), facts).to.state).toBe('waiting')
  })
  test('a probe is not repeated while its answer is awaited', () => {
    const probing = step(online, woke(), facts).to
    for (const event of [woke(), sent]) expect(step(probing, event, facts)).toEqual({ to: probing, effects: [] })
  })
  test('the relay is probed again when the page wakes after an answer', () => {
    const answered = step(step(online, woke(), facts).to, received, facts).to
    expect(kinds(step(answered, woke(), facts).effects)).toEqual(['arm', 'probe'])
  })
  test('a frame sent after an answer has its own deadline', () => {
    const first = step(online, sent, facts)
    expect(first.effects).toEqual([{ type: 'arm', ms: 1500 }])
    const second = step(step(first.to, received, facts).to, sent, facts)
    expect(second.effects).toEqual([{ type: 'arm', ms: 1500 }])
  })
  test('an answer does not stop the timer, which then waits for the silence limit', () => {
    const again = step(step(online, sent, facts).to, received, facts)
    expect(again.effects).toEqual([])
    expect(step(again.to, fired(1000), facts).effects).toEqual([{ type: 'arm', ms: 31_000 }])
  })
  test('a page that wakes after a longer silence connects at once', () => {
    const { to, effects } = step(online, woke(600_000), facts)
    expect(to.state).toBe('connecting')
    expect(kinds(effects)).toEqual(['drop', 'arm', 'open', 'lost'])
  })
  test('a relay that goes away is left at a random time of its window', () => {
    const leaving = step(online, { type: 'goingAway', window: [1000, 5000] }, facts)
    expect(leaving.effects).toEqual([{ type: 'arm', ms: 3000 }])
    expect(step(leaving.to, fired(), later(3000)).to).toMatchObject({ state: 'connecting', attempt: 0 })
  })
  test('if it closes earlier, the client still connects at that time', () => {
    const leaving = step(online, { type: 'goingAway', window: [1000, 5000] }, facts).to
    expect(step(leaving, failed, later(500)).to).toMatchObject({ state: 'waiting', nextRetryAt: later(3000).now })
  })
})

describe('closed', () => {
  test('after a final refusal only connect() connects again', () => {
    const refused = after(wanted, { type: 'failed', reason, final: true })
    expect(refused).toMatchObject({ state: 'closed', reason: { code: reason.code, message: 'lost', retry: false } })
    for (const event of [fired(), woke(), failed, welcomed]) expect(step(refused, event, facts).to).toBe(refused)
    expect(step(refused, wanted, facts).to.state).toBe('connecting')
  })
  test('close() is final and ends the session', () => {
    const { to, effects } = step(after(wanted, welcomed), ended, facts)
    expect(to).toEqual({ state: 'closed', since: facts.now, reason: undefined })
    expect(effects[0]).toEqual({ type: 'drop', code: 1000 })
    for (const event of [wanted, fired(), woke(), failed, welcomed, ended])
      expect(step(to, event, facts)).toEqual({ to, effects: [] })
  })
})

const anything: fc.Arbitrary<ConnectionEvent> = fc.oneof(
  fc.constantFrom(wanted, failed, welcomed, ended, sent, received, { type: 'opened' } as const),
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

test('for any events there is at most one transport and one timer, and both if they are needed', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(anything, fc.nat(60_000), fc.double({ min: 0, max: 0.999, noNaN: true }))),
      (steps) => {
        let state: ConnectionState = idle
        let now = 0
        let transports = 0
        let timers = 0
        for (const [event, ms, chance] of steps) {
          // Only a set timer fires, and only an open transport has events.
          if (event.type === 'fired' && timers === 0) continue
          if (['opened', 'welcomed', 'failed', 'goingAway'].includes(event.type) && transports === 0) continue
          if (event.type === 'fired') timers = 0
          now += ms
          const { to, effects } = step(state, event, { ...facts, now, chance })
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
