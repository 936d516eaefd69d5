import { WildcastError } from '@wildcast/protocol'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type InterestEvent, type InterestFacts, type InterestState, stepInterest, toRefused } from './interest-life.js'

const facts: InterestFacts = { wanted: true, exclusive: false, chance: 0.5 }
const unwanted: InterestFacts = { ...facts, wanted: false }
const fresh: InterestState = { phase: 'connecting', refusals: 0 }
const wanted: InterestEvent = { type: 'wanted' }
const left: InterestEvent = { type: 'left' }
const opened: InterestEvent = { type: 'opened' }
const fired: InterestEvent = { type: 'fired' }
const lost: InterestEvent = { type: 'lost' }
const confirmed: InterestEvent = { type: 'confirmed', id: 7, subject: 'a.*.**', gap: true }
const refused = (code: string, retry = false, retryInMs?: number): InterestEvent => ({
  type: 'refused',
  reason: new WildcastError(code as 'internal', code, { retry, retryInMs }),
})

/** The state after some events, with a listener. */
function after(...events: InterestEvent[]): InterestState {
  return events.reduce<InterestState>((state, event) => stepInterest(state, event, facts).to, fresh)
}
const ready = after(wanted, confirmed)

describe('an interest', () => {
  test('subscribes when it is wanted, and again with the next transport', () => {
    expect(stepInterest(fresh, wanted, facts)).toEqual({ to: { phase: 'syncing', refusals: 0 }, subscribe: true })
    expect(stepInterest(after(wanted, lost), opened, facts).subscribe).toBe(true)
  })
  test('subscribes once for any number of listeners', () => {
    expect(stepInterest(after(wanted), wanted, facts)).toEqual({ to: after(wanted) })
    expect(stepInterest(ready, wanted, facts)).toEqual({ to: ready })
  })
  test('is ready when the relay confirms, with the id and the normal form, and reports a gap if there is one', () => {
    const step = stepInterest(after(wanted), confirmed, facts)
    expect(step).toEqual({ to: { phase: 'ready', refusals: 0, id: 7, pattern: 'a.*.**' }, gap: true })
    expect(stepInterest(after(wanted), { ...confirmed, gap: false }, facts).gap).toBe(false)
  })
  test('loses its id with the connection', () => {
    expect(stepInterest(ready, lost, facts)).toEqual({ to: fresh })
  })
})

describe('an interest without listeners', () => {
  test('lingers for a second, then unsubscribes', () => {
    const step = stepInterest(ready, left, unwanted)
    expect(step).toEqual({ to: ready, armMs: 1000 })
    expect(stepInterest(step.to, fired, unwanted).over).toEqual({ id: 7 })
  })
  test('stays if a listener has joined meanwhile', () => {
    expect(stepInterest(ready, fired, facts)).toEqual({ to: ready })
  })
  test('does not restart the wait when another subscription ends', () => {
    expect(stepInterest(ready, wanted, unwanted)).toEqual({ to: ready })
  })
  test('unsubscribes at once if it is exclusive', () => {
    expect(stepInterest(ready, left, { ...unwanted, exclusive: true }).over).toEqual({ id: 7 })
  })
  test('waits for its id if the Subscribe was sent', () => {
    expect(stepInterest(after(wanted), left, unwanted)).toEqual({ to: after(wanted) })
    expect(stepInterest(after(wanted), confirmed, unwanted)).toMatchObject({ to: ready, armMs: 1000 })
    expect(stepInterest(after(wanted), confirmed, { ...unwanted, exclusive: true }).over).toEqual({ id: 7 })
  })
  test.each<[string, InterestEvent]>([
    ['the connection is lost', lost],
    ['it is refused', refused('forbidden')],
  ])('is over, with nothing to unsubscribe, when %s', (_, event) => {
    expect(stepInterest(ready, event, unwanted).over).toEqual({ id: undefined })
    expect(stepInterest(after(wanted), event, unwanted).over).toEqual({ id: undefined })
  })
})

describe('a refusal', () => {
  test.each([
    ['forbidden', 'denied'],
    ['unauthorized', 'denied'],
    ['unsupported', 'error'],
  ])('%s makes it "%s", and is final', (code, phase) => {
    const { to, armMs } = stepInterest(after(wanted), refused(code), facts)
    expect(to).toMatchObject({ phase, refusal: { code } })
    expect(armMs).toBeUndefined()
  })
  test('that may be retried is retried, each time later', () => {
    let state = after(wanted)
    const waits = Array.from({ length: 4 }, () => {
      const { to, armMs } = stepInterest(state, refused('broker_down', true), facts)
      const next = stepInterest(to, fired, facts)
      expect(next.subscribe).toBe(true)
      state = next.to
      return armMs
    })
    expect(waits).toEqual([250, 500, 1000, 2000])
    expect(stepInterest(state, confirmed, facts).to.refusals).toBe(0)
  })
  test('may have the time of the retry', () => {
    expect(stepInterest(after(wanted), refused('broker_down', true, 9000), facts).armMs).toBe(9000)
  })
  test('counts for the next wait even if the connection is lost', () => {
    expect(after(wanted, refused('broker_down', true), lost)).toEqual({ phase: 'connecting', refusals: 1 })
  })
  test('because of the limit of subscriptions is retried when it may be free; others are not', () => {
    const full = after(wanted, refused('too_many_subscriptions'))
    expect(stepInterest(full, wanted, facts).subscribe).toBe(true)
    const denied = after(wanted, refused('forbidden'))
    expect(stepInterest(denied, wanted, facts)).toEqual({ to: denied })
  })
  test('of the whole connection is the first state of an interest', () => {
    expect(toRefused(new WildcastError('unauthorized', 'who are you?'))).toMatchObject({ phase: 'denied', refusals: 0 })
  })
})

const anything = fc.constantFrom(wanted, left, opened, fired, lost, confirmed, refused('forbidden'), refused('x', true))

test('for any events, a confirmed interest without listeners is unsubscribed by its id', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(anything, fc.boolean(), fc.boolean())), (steps) => {
      let state: InterestState = fresh
      for (const [event, isWanted, exclusive] of steps) {
        if (event.type === 'confirmed' && state.phase !== 'syncing') continue
        const step = stepInterest(state, event, { wanted: isWanted, exclusive, chance: 0 })
        if (isWanted) expect(step.over).toBeUndefined()
        if (step.over && event.type === 'fired') expect(step.over.id).toBe(state.id)
        if (!isWanted && !step.over && step.to.phase === 'ready' && event.type !== 'wanted')
          expect(step.armMs).toBe(1000)
        if (step.over) return
        state = step.to
      }
    }),
    { numRuns: 500 },
  )
})
