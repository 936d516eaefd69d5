import { describe, expect, it } from 'vitest'
import { faultsOfValues } from './check-values.js'
import type { ReaderEvent, RecordedReader, RecordedWrite, ValueHistory } from './value-history.js'

const write = (subject: string, revision: string, payload: string | undefined, from: number): RecordedWrite => ({
  subject,
  payload,
  from,
  to: from + 1,
  revision,
})
const received = (kind: 'live' | 'replayed', subject: string, revision: string, payload?: string): ReaderEvent => ({
  kind,
  subject,
  revision,
  payload,
})

const writes = [
  write('a', 'r1', 'a1', 0),
  write('b', 'r2', 'b1', 2),
  write('gone', 'r3', 'g1', 4),
  write('gone', 'r4', undefined, 6),
  write('a', 'r5', 'a2', 12),
  write('a', 'r6', 'a3', 14),
  write('b', 'r7', undefined, 16),
]

/** A reader that asked at 10, and has seen all as promised. */
const events: readonly ReaderEvent[] = [
  { kind: 'asked', at: 10 },
  { kind: 'subscribed' },
  received('live', 'a', 'r5', 'a2'),
  received('replayed', 'b', 'r2', 'b1'),
  { kind: 'synced', at: 13 },
  received('live', 'a', 'r6', 'a3'),
  received('live', 'b', 'r7'),
]

const reader = (events: readonly ReaderEvent[], more: Partial<RecordedReader> = {}): RecordedReader => ({
  name: 'reader',
  all: true,
  stayed: true,
  events,
  ...more,
})
const history = (events: readonly ReaderEvent[], more?: Partial<RecordedReader>): ValueHistory => ({
  writes,
  readers: [reader(events, more)],
})
const replaced = (at: number, ...by: readonly ReaderEvent[]): ReaderEvent[] => events.toSpliced(at, 1, ...by)
const before = (at: number, ...added: readonly ReaderEvent[]): ReaderEvent[] => events.toSpliced(at, 0, ...added)

describe('the checker of values', () => {
  it('finds nothing in a run without faults', () => expect(faultsOfValues(history(events))).toEqual([]))

  it('accepts that a reader of the newest changes misses others', () => {
    expect(faultsOfValues(history(replaced(2, received('replayed', 'a', 'r1', 'a1')), { all: false }))).toEqual([])
  })

  it('accepts a gap after which the values come again', () => {
    const again: ReaderEvent[] = [
      { kind: 'gap' },
      { kind: 'asked', at: 20 },
      received('replayed', 'a', 'r6', 'a3'),
      { kind: 'synced', at: 13 },
    ]
    expect(faultsOfValues(history([...events.slice(0, 5), ...again]))).toEqual([])
  })

  it.each<[fault: string, history: ValueHistory]>([
    ['a value that is missing when synced', history(replaced(3))],
    ['a subject without any of its values when synced', history(replaced(2))],
    [
      'a value that is older than one that was acknowledged before',
      history([{ kind: 'asked', at: 14 }, ...replaced(2, received('replayed', 'a', 'r1', 'a1')).slice(1)]),
    ],
    ['a subject that goes back', history([...events, received('live', 'a', 'r5', 'a2')])],
    ['a deleted value that stays', history(before(4, received('replayed', 'gone', 'r3', 'g1')))],
    ['a deletion that is missing', history(events.slice(0, -1))],
    ['a change that is missing', history([...before(4, received('replayed', 'a', 'r1', 'a1')).toSpliced(2, 1)])],
    ['a change that comes twice', history(before(6, received('live', 'a', 'r6', 'a3')))],
    ['a value that was never written', history(before(4, received('replayed', 'c', 'r9', 'c1')))],
    ['a value with the content of another', history(replaced(5, received('live', 'a', 'r6', 'a2')))],
    ['an end of values that never comes', history(replaced(4))],
    ['an end of values that comes twice', history(before(5, { kind: 'synced', at: 13 }))],
    ['a value after the end of values', history(before(5, received('replayed', 'b', 'r2', 'b1')))],
    ['two writes with one revision', { writes: [...writes, write('c', 'r7', 'c1', 18)], readers: [] }],
    ['revisions against the order of time', { writes: [...writes, write('c', 'r0', 'c1', 18)], readers: [] }],
  ])('finds %s', (_, planted) => expect(faultsOfValues(planted)).not.toEqual([]))
})
