import { describe, expect, it } from 'vitest'
import { faultsOfHistory } from './check-history.js'
import type { HistoryEvent, HistoryReaderRecord, HistoryRecord, RecordedPublish } from './history-record.js'

const publish = (position: string, from: number, subject = 'log.a'): RecordedPublish => ({
  subject,
  payload: `payload-${position}`,
  from,
  to: from + 1,
  position,
})
const received = (kind: 'live' | 'replayed', position: string, more: object = {}): HistoryEvent => ({
  kind,
  position,
  subject: 'log.a',
  payload: `payload-${position}`,
  ...more,
})

const publishes: readonly RecordedPublish[] = [
  publish('1', 0),
  publish('2', 2),
  publish('3', 4, 'other'),
  publish('4', 6),
  publish('5', 20),
  publish('6', 22),
  { subject: 'log.a', payload: 'unknown', from: 23 },
]

/** A reader that has seen all as promised: it asked at 10, and at 21 after a lost connection. */
const events: readonly HistoryEvent[] = [
  { kind: 'asked', after: '1', at: 10 },
  { kind: 'subscribed', recovered: true },
  received('replayed', '2'),
  received('replayed', '4'),
  { kind: 'synced' },
  received('live', '5'),
  { kind: 'asked', after: '5', at: 21 },
  { kind: 'subscribed', recovered: true },
  { kind: 'synced' },
  received('live', '6'),
]

const record = (events: readonly HistoryEvent[], more: Partial<HistoryReaderRecord> = {}): HistoryRecord => ({
  publishes,
  readers: [
    {
      name: 'reader',
      matches: (subject) => subject.startsWith('log.'),
      unbounded: false,
      events,
      stayed: true,
      ...more,
    },
  ],
})
const replaced = (at: number, ...by: readonly HistoryEvent[]): HistoryEvent[] => events.toSpliced(at, 1, ...by)
const before = (at: number, ...added: readonly HistoryEvent[]): HistoryEvent[] => events.toSpliced(at, 0, ...added)

describe('the checker of histories', () => {
  it.each<[string, readonly HistoryEvent[]]>([
    ['a run without faults', events],
    ['a message of unknown outcome', [...events, received('live', '7', { payload: 'unknown' })]],
    ['a lost end of the replay, if a gap was reported', events.toSpliced(3, 2, { kind: 'gap' })],
    ['a missing message, if a gap was reported', replaced(3, { kind: 'gap' }).with(5, received('live', '5'))],
    [
      'forgotten messages, if the reader has not recovered',
      replaced(1, { kind: 'subscribed', recovered: false }, { kind: 'gap' }).toSpliced(3, 1),
    ],
  ])('accepts %s', (_, run) => expect(faultsOfHistory(record(run))).toEqual([]))

  it.each<[fault: string, run: HistoryRecord]>([
    ['misses 2 before 4', record(events.toSpliced(2, 1))],
    ['misses 4 before 5', record([...events.slice(0, 3), ...events.slice(4)].toSpliced(3, 1))],
    ['lacks 4 when synced', record(events.toSpliced(3, 1))],
    ['receives 2 after 2', record(before(3, received('replayed', '2')))],
    ['receives 4 after 5', record(before(6, received('live', '4')))],
    ['receives 2 after 4', record(events.with(2, received('replayed', '4')).with(3, received('replayed', '2')))],
    ['receives 4 of log.a, never published', record(replaced(3, received('replayed', '4', { payload: 'x' })))],
    ['receives 4 of log.b, never published', record(replaced(3, received('replayed', '4', { subject: 'log.b' })))],
    ['receives 3 of other, never published', record(before(3, received('replayed', '3', { subject: 'other' })))],
    ['receives 5 before it is synced', record(events.toSpliced(4, 2, received('live', '5'), { kind: 'synced' }))],
    ['receives 5 again after it was synced', record(replaced(5, received('replayed', '5')))],
    ['is synced twice', record(before(5, { kind: 'synced' }))],
    ['is never synced', record(events.toSpliced(8, 1))],
    ['lacks 6 at the end', record(events.slice(0, -1))],
    ['misses 4 before 5', record(replaced(3, { kind: 'gap' }, { kind: 'subscribed', recovered: true }))],
    [
      'has not recovered 1, but all is kept',
      record(replaced(1, { kind: 'subscribed', recovered: false }), { unbounded: true }),
    ],
  ])('finds: %s', (fault, run) => {
    expect(faultsOfHistory(run)).toContain(`reader ${fault}`)
  })

  it('finds two messages with one position, and positions against the order of time', () => {
    const twice = { publishes: [publish('1', 0), publish('1', 2)], readers: [] }
    expect(faultsOfHistory(twice)).toEqual(['two messages have the position 1'])
    const backwards = { publishes: [publish('2', 0), publish('1', 5)], readers: [] }
    expect(faultsOfHistory(backwards)).toEqual(['the publish 2 ended before an earlier one began'])
    const apart = { publishes: [publish('2', 0), publish('1', 5, 'other')], readers: [] }
    expect(faultsOfHistory({ ...apart, orderOf: (subject) => subject })).toEqual([])
    expect(faultsOfHistory({ ...backwards, orderOf: (subject) => subject })).toHaveLength(1)
  })
})
