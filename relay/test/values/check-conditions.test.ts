import { describe, expect, it } from 'vitest'
import { faultsOfConditions, type RecordedCondition } from './check-conditions.js'

const written = (revision: string, from: number, more: Partial<RecordedCondition> = {}): RecordedCondition => ({
  deletes: false,
  from,
  to: from + 2,
  outcome: 'written',
  revision,
  ...more,
})
const refused = (from: number, revision: string | undefined, more: Partial<RecordedCondition>): RecordedCondition => ({
  deletes: false,
  from,
  to: from + 2,
  outcome: 'refused',
  revision,
  ...more,
})

/** Two clients take a lock in turn; others are refused while it is held. */
const history: readonly RecordedCondition[] = [
  written('r1', 0, { ifRevision: null }),
  refused(1, 'r1', { ifRevision: null }),
  refused(3, 'r1', { ifRevision: 'r0' }),
  written('r2', 5, { deletes: true, ifRevision: 'r1' }),
  { deletes: true, from: 8, to: 9, outcome: 'unchanged' },
  written('r3', 10, { ifRevision: null }),
  refused(13, 'r3', { ifRevision: null }),
  written('r4', 16, { ifRevision: 'r3' }),
]
const replaced = (at: number, more: Partial<RecordedCondition>): RecordedCondition[] =>
  history.map((one, i) => (i === at ? { ...one, ...more } : one))

describe('the checker of conditions', () => {
  it('finds nothing in a run without faults', () => expect(faultsOfConditions(history)).toEqual([]))

  it('accepts that a write with an unknown outcome was done, or not', () => {
    const unknown: RecordedCondition = { deletes: true, from: 14, outcome: 'unknown' }
    expect(faultsOfConditions([...history, unknown])).toEqual([])
    expect(faultsOfConditions([...history, unknown, written('r6', 20, { ifRevision: null })])).toEqual([])
  })

  it.each<[fault: string, history: readonly RecordedCondition[]]>([
    ['two holders of a lock', [...history, written('r5', 20, { ifRevision: null })]],
    ['two writes on one revision', [...history, written('r5', 20, { ifRevision: 'r3' })]],
    ['a write on a revision that never was', replaced(3, { ifRevision: 'r9' })],
    ['a write on no value while there is one', replaced(7, { ifRevision: null })],
    ['a write on a value that was deleted', replaced(5, { ifRevision: 'r1' })],
    ['a refusal while the condition holds', replaced(2, { ifRevision: 'r1' })],
    ['a refusal without a condition', replaced(2, { ifRevision: undefined })],
    ['a refusal with a revision that is no longer there', replaced(6, { revision: 'r1' })],
    ['a refusal that reports no value while there is one', replaced(6, { revision: undefined })],
    ['a refusal before the value was there', replaced(1, { from: -3, to: -1 })],
    ['a deletion of nothing while there is a value', replaced(4, { from: 3, to: 4 })],
    ['two writes with one revision', [...history, written('r4', 20)]],
    ['revisions against the order of time', [...history, written('r0', 20)]],
    ['a write without a revision', replaced(7, { revision: undefined })],
  ])('finds %s', (_, planted) => expect(faultsOfConditions(planted)).not.toEqual([]))
})
