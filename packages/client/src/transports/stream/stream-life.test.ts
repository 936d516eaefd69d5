import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { abnormalClosure, type StreamEvent, type StreamState, type StreamStep, stepStream } from './stream-life.js'

const answered: StreamEvent = { type: 'answered' }
const greeted: StreamEvent = { type: 'connect', hello: 'hello' }
const welcomed: StreamEvent = { type: 'welcomed', session: 's' }
const queued: StreamEvent = { type: 'queued' }
const closed: StreamEvent = { type: 'closed' }
const rang: StreamEvent = { type: 'fired' }
const failed: StreamEvent = { type: 'failed', code: abnormalClosure, reason: 'gone' }
const posted: StreamEvent = { type: 'posted' }

/** The state after some events, while frames wait or not. */
function after(events: readonly StreamEvent[], isWaiting = false): StreamState {
  return events.reduce<StreamState>((state, event) => stepStream(state, event, isWaiting).to, { at: 'probing' })
}
const live = [answered, greeted, welcomed]

describe('a stream', () => {
  test('is open when a relay answers', () => {
    expect(stepStream({ at: 'probing' }, answered, false)).toEqual({ to: { at: 'open' }, opened: true })
  })
  test('listens to what the relay answers to Connect', () => {
    expect(stepStream(after([answered]), greeted, false)).toMatchObject({ to: { at: 'connecting' }, listen: 'hello' })
  })
  test('posts nothing before Welcome, which says whose frames they are', () => {
    expect(stepStream(after([answered, greeted]), queued, true)).toEqual({ to: after([answered, greeted]) })
    expect(stepStream(after([answered, greeted]), welcomed, true).post).toBe('s')
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
    ['knocks', []],
    ['is open', [answered]],
    ['waits for Welcome', [answered, greeted]],
    ['is idle', live],
  ])('that fails while it %s notifies the client, once', (_, events) => {
    const step = stepStream(after(events), failed, false)
    expect(step).toEqual({ to: { at: 'over' }, close: { code: abnormalClosure, reason: 'gone' } })
    expect(stepStream(step.to, failed, false)).toEqual({ to: step.to })
  })
})

describe('a stream that the client closes', () => {
  test.each<[string, readonly StreamEvent[]]>([
    ['knocks', []],
    ['is open', [answered]],
    ['waits for Welcome, with nothing to post', [answered, greeted]],
    ['is idle', live],
  ])('ends at once while it %s', (_, events) => {
    expect(stepStream(after(events), closed, false)).toEqual({ to: { at: 'over' } })
  })
  test('posts what waits first, for 3 s at most', () => {
    const leaving = stepStream(after([answered, greeted]), closed, true)
    expect(leaving.armMs).toBe(3000)
    const posting = stepStream(leaving.to, welcomed, true)
    expect(posting.post).toBe('s')
    expect(stepStream(posting.to, posted, false)).toEqual({ to: { at: 'over' } })
    expect(stepStream(posting.to, rang, true)).toEqual({ to: { at: 'over' } })
  })
  test('waits for the POST that is under way', () => {
    const leaving = stepStream(stepStream(after(live), queued, true).to, closed, false)
    expect(leaving).toMatchObject({ to: { at: 'posting', closing: true }, armMs: 3000 })
    expect(stepStream(leaving.to, closed, false)).toEqual({ to: leaving.to })
  })
  test('notifies nobody when it fails', () => {
    const leaving = stepStream(after([answered, greeted]), closed, true).to
    expect(stepStream(leaving, failed, true)).toEqual({ to: { at: 'over' } })
  })
})

const anything = fc.constantFrom(answered, greeted, welcomed, queued, posted, failed, closed, rang)

test('whatever happens, one POST at most is under way, the client is notified of one end at most, and nothing follows it', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(anything, fc.boolean())), (story) => {
      let state: StreamState = { at: 'probing' }
      let ends = 0
      for (const [event, isWaiting] of story) {
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
