import type { MessageFrame } from '@wildcast/protocol'
import { expect, test } from 'vitest'
import { HistoryCursor } from './history-cursor.js'
import type { SubscriptionSpec } from './subscription-listener.js'

const own = 7
const cursorOf = (more: Partial<SubscriptionSpec> = {}): HistoryCursor =>
  new HistoryCursor({ subject: 'a', broker: undefined, group: undefined, policy: undefined, ...more })
const message = (position: string | undefined, more: Partial<MessageFrame> = {}): MessageFrame => ({
  kind: 'Message',
  id: 1,
  subject: 'a',
  message: '',
  broker: 'test',
  position,
  ...more,
})
const replayed = (position: string, ref = own): MessageFrame => message(position, { ref, replayed: true })
const subscribed = { kind: 'Subscribed', subject: 'a', id: 1 } as const

test('a plain subscription asks after the position of its confirmation, then of its last message', () => {
  const cursor = cursorOf()
  expect(cursor.after).toBe(undefined)
  expect(cursor.confirm({ ...subscribed, position: '3', whole: true })).toBe(true)
  expect(cursor.after).toBe('3')
  expect(cursor.admits(message('5'), own)).toBe(true)
  expect(cursor.after).toBe('5')
})

test('while it is behind, a live message is passed over; later, only if it was replayed', () => {
  const cursor = cursorOf({ after: '1' })
  cursor.confirm({ ...subscribed, position: '3', recovered: true, whole: true })
  expect(cursor.admits(message('4'), own)).toBe(false)
  expect(cursor.admits(message(undefined), own)).toBe(true)
  expect(['2', '3', '4'].map((position) => cursor.admits(replayed(position), own))).toEqual([true, true, true])
  expect(cursor.sync()).toBe(false)
  expect([cursor.admits(message('4'), own), cursor.admits(message('5'), own)]).toEqual([false, true])
})

test('a message that was passed over and is not replayed is asked for again', () => {
  const cursor = cursorOf({ after: '1' })
  cursor.confirm({ ...subscribed, position: '3', recovered: true })
  cursor.admits(message('4'), own)
  cursor.admits(replayed('3'), own)
  expect(cursor.sync()).toBe(true)
  expect(cursor.after).toBe('3')
})

test('what is replayed for an equal subscription is new if it is later than the last message', () => {
  const cursor = cursorOf()
  expect(cursor.admits(replayed('9', 8), own)).toBe(false) // no position is known
  cursor.confirm({ ...subscribed, position: '3', whole: true })
  const positions = ['2', '3', '4', '4', '5']
  expect(positions.map((position) => cursor.admits(replayed(position, 8), own))).toEqual([
    false,
    false,
    true,
    false,
    true,
  ])
  expect(cursor.admits(message('6', { ref: 8, retained: true }), own)).toBe(false)
})

test.each([{ group: 'g' }, { serve: true } as const, { policy: { deliver: 'latest' } } as const])(
  'messages that may come in another order are all received: %o',
  (spec) => {
    const cursor = cursorOf(spec)
    cursor.confirm({ ...subscribed, position: '3' })
    expect([cursor.admits(message('5'), own), cursor.admits(message('4'), own)]).toEqual([true, true])
    expect(cursor.after).toBe(undefined)
  },
)

test.each([
  [{}, true],
  [{ recovered: true, whole: true } as const, false],
  [{ recovered: true }, true], // of subjects that are not kept
  [{ recovered: false, whole: true } as const, false], // a `Gap` follows
])('with the answer %o, messages are missing without a Gap: %s', (answer, expected) => {
  expect(cursorOf({ after: '1' }).confirm({ ...subscribed, position: '3', ...answer })).toBe(expected)
})

test('at a relay without history, a plain subscription gives its position up; `after` is refused', () => {
  const plain = cursorOf()
  plain.confirm({ ...subscribed, position: '3' })
  expect([plain.giveUp(), plain.after, plain.giveUp()]).toEqual([true, undefined, false])
  expect(cursorOf({ after: '1' }).giveUp()).toBe(false)
})

test('without a position in its confirmation, it gets messages of several histories in any order', () => {
  const cursor = cursorOf()
  cursor.confirm({ ...subscribed })
  expect(['5', '3', '4'].map((position) => cursor.admits(message(position), own))).toEqual([true, true, true])
  expect(cursor.after).toBe(undefined)
})
