import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { abnormalClosure, type StreamEvent, type StreamState, type StreamStep, stepStream } from './stream-life.js'

const answered: StreamEvent = { type: 'answered' }
const connect: StreamEvent = { type: 'connect', frame: 'Connect' }
const welcomed: StreamEvent = { type: 'welcomed', session: 's' }
const queued: StreamEvent = { type: 'queued' }
const closed: StreamEvent = { type: 'closed' }
const fired: StreamEvent = { type: 'fired' }
const failed: StreamEvent = { type: 'failed', code: abnormalClosure, reason: 'gone' }
const posted: StreamEvent = { type: 'posted' }

/** The state after some events, with or without waiting frames. */
function after(events: readonly StreamEvent[], isWaiting = false): StreamState {
  return events.reduce<StreamState>((state, event) => stepStream(state, event, isWaiting).to, { at: 'probing' })
}
const live = [answered, connect, welcomed]

describe('a stream', () => {
  test('is open when a relay answers', () => {
    expect(stepStream({ at: 'probing' }, answered, false)).toEqual({ to: { at: 'open' }, opened: true })
  })
  test('sends Connect and reads the answer', () => {
    expect(stepStream(after([answered]), connect, false)).toMatchObject({ to: { at: 'connecting' }, listen: 'Connect' })
  })
  test('posts nothing before Welcome, which has the session', () => {
    expect(stepStream(after([answered, connect]), queued, true)).toEqual({ to: after([answered, connect]) })
    expect(stepStream(after([answered, connect]), welcomed, true).post).toBe('s')
  })
  test('posts one batch at a time', () => {
    const first = stepStream(after(live), queued, true)
    expect(first.post).toBe('s')
    expect(stepStream(first.to, queued, true)).toEqual({ to: first.to })
    const second = stepStream(first.to, posted, true)
    expect(second.post).toBe('s')
    expect(stepStream(second.to, posted, false)).toEqual({ to: { at: 'idle', session: 's' } })
  })
  test.each<[string, readonly StreamEvent[]]>([
    ['probes', []],
    ['is open', [answered]],
    ['waits for Welcome', [answered, connect]],
    ['is idle', live],
  ])('that fails while it %s notifies the client, once', (_, events) => {
    const step = stepStream(after(events), failed, false)
    expect(step).toEqual({ to: { at: 'over' }, close: { code: abnormalClosure, reason: 'gone' } })
    expect(stepStream(step.to, failed, false)).toEqual({ to: step.to })
  })
})

describe('a stream that the client closes', () => {
  test.each<[string, readonly StreamEvent[]]>([
    ['probes', []],
    ['is open', [answered]],
    ['waits for Welcome, with nothing to post', [answered, connect]],
    ['is idle', live],
  ])('ends at once while it %s', (_, events) => {
    expect(stepStream(after(events), closed, false)).toEqual({ to: { at: 'over' } })
  })
  test('posts the waiting frames first, for 3 s at most', () => {
    const leaving = stepStream(after([answered, connect]), closed, true)
    expect(leaving.armMs).toBe(3000)
    const posting = stepStream(leaving.to, welcomed, true)
    expect(posting.post).toBe('s')
    expect(stepStream(posting.to, posted, false)).toEqual({ to: { at: 'over' } })
    expect(stepStream(posting.to, fired, true)).toEqual({ to: { at: 'over' } })
  })
  test('waits for the POST in progress', () => {
    const leaving = stepStream(stepStream(after(live), queued, true).to, closed, false)
    expect(leaving).toMatchObject({ to: { at: 'posting', closing: true }, armMs: 3000 })
    expect(stepStream(leaving.to, closed, false)).toEqual({ to: leaving.to })
  })
  test('does not notify the client when it fails', () => {
    const leaving = stepStream(after([answered, connect]), closed, true).to
    expect(stepStream(leaving, failed, true)).toEqual({ to: { at: 'over' } })
  })
})

const anything = fc.constantFrom(answered, connect, welcomed, queued, posted, failed, closed, fired)

test('for any events there is at most one POST in progress and one end, which is the last step', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(anything, fc.boolean())), (steps) => {
      let state: StreamState = { at: 'probing' }
      let ends = 0
      for (const [event, isWaiting] of steps) {
        const step: StreamStep = stepStream(state, event, isWaiting)
        if (state.at === 'over') expect(step).toEqual({ to: state })
        if (step.post) expect(state.at === 'posting' ? event.type : 'posted').toBe('posted')
        if (step.post) expect(step.to.at).toBe('posting')
        if (step.close) expect(++ends).toBe(1)
        state = step.to
      }
    }),
    { numRuns: 500 },
  )
})
