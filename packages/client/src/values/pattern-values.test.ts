import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ReceivedMessage } from '../messages/message.js'
import { PatternValues } from './pattern-values.js'

const value = (subject: string, revision: string | undefined, text?: string): ReceivedMessage =>
  new ReceivedMessage(
    {
      kind: 'Message',
      subject,
      message: text ?? '',
      broker: 'test',
      revision,
      retained: revision === undefined || undefined,
      deleted: text === undefined || undefined,
    },
    '**',
    0,
  )
const shown = (table: PatternValues): Record<string, unknown> =>
  Object.fromEntries([...table.values].map(([subject, message]) => [subject, message.text()]))

test('a value that is not newer than the present one is passed over', () => {
  const table = new PatternValues()
  expect(table.take(value('a', '2', 'new'))).toBe(true)
  expect(table.take(value('a', '1', 'old'))).toBe(false)
  expect(table.take(value('a', '2', 'same'))).toBe(false)
  expect(shown(table)).toEqual({ a: 'new' })
})

test('a deletion is remembered until all values were sent', () => {
  const table = new PatternValues()
  table.take(value('a', '2'))
  expect(table.take(value('a', '1', 'old'))).toBe(false)
  table.end()
  expect(shown(table)).toEqual({})
})

test('a value that has left the filter is no longer there, and an older one does not bring it back', () => {
  const table = new PatternValues()
  const left = new ReceivedMessage(
    { kind: 'Message', subject: 'a', message: '', broker: 'test', revision: '2', left: true },
    '**',
    0,
  )
  table.take(value('a', '1', 'x'))
  expect(table.take(left)).toBe(true)
  expect(table.take(value('a', '1', 'x'))).toBe(false)
  expect(shown(table)).toEqual({})
  table.end()
  expect(table.take(value('a', '3', 'y'))).toBe(true)
  expect(shown(table)).toEqual({ a: 'y' })
})

test('what is not sent again is deleted at the end, not before', () => {
  const table = new PatternValues()
  for (const subject of ['a', 'b', 'c']) table.take(value(subject, '1', subject))
  table.end()
  table.begin()
  table.take(value('a', '1', 'a'))
  table.take(value('b', '2', 'changed'))
  expect(shown(table)).toEqual({ a: 'a', b: 'changed', c: 'c' })
  table.end()
  expect(shown(table)).toEqual({ a: 'a', b: 'changed' })
})

test('a value that its store has lost is replaced by the one that is sent again, also if that is older', () => {
  const table = new PatternValues()
  for (const subject of ['a', 'b', 'c']) table.take(value(subject, '5', 'lost'))
  table.end()
  table.begin()
  expect(table.take(value('a', '4', 'kept'))).toBe(true)
  expect(table.take(value('a', '3', 'old'))).toBe(false)
  expect(table.take(value('b', '4'))).toBe(true)
  expect(shown(table)).toEqual({ a: 'kept', c: 'lost' })
  table.end()
  expect(shown(table)).toEqual({ a: 'kept' })
  expect(table.take(value('a', '5', 'next'))).toBe(true)
})

test('a value that is sent again unchanged is no change', () => {
  const table = new PatternValues()
  table.take(value('a', '1', 'a'))
  table.end()
  const { values } = table
  table.begin()
  expect(table.take(value('a', '1', 'a'))).toBe(false)
  table.end()
  expect(table.values).toBe(values)
})

test('values without revisions replace each other in the order in which they are received', () => {
  const table = new PatternValues()
  for (const text of ['1', '2', undefined, '3']) {
    table.take(value('a', undefined, text))
    expect(shown(table)).toEqual(text === undefined ? {} : { a: text })
  }
})

test('a message that was published without "retain" is no value', () => {
  const table = new PatternValues()
  const frame = { kind: 'Message', subject: 'a', message: 'plain', broker: 'test' } as const
  expect(table.take(new ReceivedMessage(frame, '**', 0))).toBe(false)
  table.take(value('a', undefined, '1'))
  expect(table.take(new ReceivedMessage({ ...frame, message: '' }, '**', 0))).toBe(false)
  table.end()
  expect(shown(table)).toEqual({ a: '1' })
})

test('with any interleaving of values and changes, no value goes back and none is left', () => {
  const subjects = ['a', 'b', 'c']
  const change = fc.record({ subject: fc.constantFrom(...subjects), text: fc.option(fc.string(), { nil: undefined }) })
  fc.assert(
    fc.property(fc.array(change), fc.array(change), fc.nat(), (before, after, seed) => {
      const table = new PatternValues()
      const store = new Map<string, ReceivedMessage>()
      let count = 0
      const write = ({ subject, text }: { subject: string; text: string | undefined }): ReceivedMessage => {
        const message = value(subject, String(++count).padStart(6, '0'), text || undefined)
        if (message.deleted) store.delete(subject)
        else store.set(subject, message)
        return message
      }
      for (const one of before) table.take(write(one))
      table.end()
      table.begin()
      const sent = [...store.values()]
      const live = after.map(write)
      // Each value of the store is sent at any time among the changes.
      const all = [...live]
      for (const [i, message] of sent.entries()) all.splice((seed + i * 7) % (all.length + 1), 0, message)
      const newest = new Map<string, string>()
      for (const message of all) {
        table.take(message)
        const revision = table.get(message.subject)?.revision ?? ''
        if (revision) expect(revision >= (newest.get(message.subject) ?? '')).toBe(true)
        if (revision) newest.set(message.subject, revision)
      }
      table.end()
      expect([...table.values.values()].map((message) => message.revision).sort()).toEqual(
        [...store.values()].map((message) => message.revision).sort(),
      )
    }),
  )
})
