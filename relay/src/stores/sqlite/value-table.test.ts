import path from 'node:path'
import type { Headers, Subject } from '@wildcast/protocol'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { temporaryFolder } from '../../../test/servers/temporary-folder.js'
import { defaultStoreLimits } from '../limits.js'
import type { FileWrite, Outcome } from './file-write.js'
import { closeFile, openFile } from './open-file.js'
import { ValuesFile } from './values-file.js'

const start = { now: 1_700_000_000_000, random: 0.5 }

function open(limits = defaultStoreLimits): { values: ValuesFile; again(): ValuesFile } {
  const database = openFile(path.join(temporaryFolder(), 'wildcast.db'))
  onTestFinished(() => closeFile(database))
  const again = (): ValuesFile => new ValuesFile(database, limits, start)
  return { values: again(), again }
}

const put = (subject: string, payload: string | Uint8Array = 'x', more: Partial<FileWrite> = {}): FileWrite => ({
  subject: subject as Subject,
  payload,
  ...more,
})
const revisionOf = (outcome: Outcome | undefined): string | undefined =>
  outcome?.kind === 'written' || outcome?.kind === 'refused' ? outcome.revision : undefined
const payloadIn = (values: ValuesFile, subject: string) => values.read(subject as Subject)?.payload

describe('writes of one transaction', () => {
  it('see those before them', () => {
    const { values } = open()
    const [first] = values.write([put('a', 'old')], 0)
    const outcomes = values.write(
      [
        put('a', 'new', { ifRevision: revisionOf(first) }),
        put('a', 'newer', { ifRevision: revisionOf(first) }),
        put('a', ''),
        put('a', 'again', { ifRevision: null }),
        put('b', '1', { ifRevision: null }),
        put('b', '2', { ifRevision: null }),
      ],
      0,
    )
    expect(outcomes.map(({ kind }) => kind)).toEqual(['written', 'refused', 'written', 'written', 'written', 'refused'])
    expect(revisionOf(outcomes[1])).toBe(revisionOf(outcomes[0]))
    expect(revisionOf(outcomes[5])).toBe(revisionOf(outcomes[4]))
    expect([payloadIn(values, 'a'), payloadIn(values, 'b')]).toEqual(['again', '1'])
  })

  it('are as many as one likes', () => {
    const { values, again } = open()
    const subjects = Array.from({ length: 1000 }, (_, i) => `v.${i % 700}`)
    values.write(
      subjects.map((subject, i) => put(subject, `${i}`)),
      0,
    )
    expect([payloadIn(values, 'v.0'), payloadIn(values, 'v.699')]).toEqual(['700', '699'])
    expect(values.contents).toEqual(again().contents)
  })

  it('leave nothing behind if the transaction fails', () => {
    const { values, again } = open()
    values.write([put('a', 'old')], 0)
    const failing = (): void =>
      values.transaction(() => {
        for (const subject of ['a', 'b']) values.apply(put(subject, 'new'), 0)
        throw new Error('failed')
      })
    expect(failing).toThrow('failed')
    values.write([put('c')], 0)
    expect([...values.all()].map(({ subject, payload }) => [subject, payload])).toEqual([
      ['a', 'old'],
      ['c', 'x'],
    ])
    expect(values.contents).toEqual(again().contents)
  })

  it('replace headers, times and wills of a value by none', () => {
    const { values } = open()
    const headers: Headers = [['name', 'value']]
    const will = { payload: 'gone', lease: 'lease' }
    values.write([put('a', 'old', { headers, ttlMs: 5, will, user: 'ada' }), put('b')], 0)
    expect([...values.all()][0]).toMatchObject({ headers, expiresAt: 5, will, user: 'ada' })
    values.write([put('a', 'new'), put('b')], 0)
    const [value] = values.all()
    expect(value).toEqual({ subject: 'a', payload: 'new', revision: expect.any(String) })
  })

  it('are bounded one by one', () => {
    const { values } = open({ values: 2, bytes: 100 })
    const kinds = (...writes: readonly FileWrite[]) => values.write(writes, 0).map(({ kind }) => kind)
    expect(kinds(put('a'), put('b'), put('c'), put('a', 'y'))).toEqual(['written', 'written', 'failed', 'written'])
    expect(kinds(put('a', ''), put('c'), put('d'))).toEqual(['written', 'written', 'failed'])
    expect(kinds(put('b', 'x'.repeat(98)), put('b', 'x'.repeat(97)))).toEqual(['failed', 'written'])
  })
})

it.each(['a\0b', '\0', '\ud800', 'x\udc00\ud800', 'ä🦊\u{10ffff}', '{"a":"\\u0000"}'])(
  'keeps the UTF-8 of the text %j, and counts it',
  (text) => {
    const { values, again } = open()
    values.write([put('text', text), put('bytes', Buffer.from(text))], 0)
    const bytes = payloadIn(values, 'bytes') ?? ''
    expect(payloadIn(values, 'text')).toBe(Buffer.from(bytes).toString())
    expect(values.contents).toEqual(again().contents)
  },
)

const someWrite = fc.record(
  {
    subject: fc.constantFrom('a', 'b', 'ä', '\ud800').map((subject) => subject as Subject),
    payload: fc.oneof(fc.constant(''), fc.string({ unit: 'binary' }), fc.uint8Array({ maxLength: 4 })),
    ttlMs: fc.nat({ max: 9 }),
    user: fc.constant('ada'),
    ifRevision: fc.constant(null),
  },
  { requiredKeys: ['subject', 'payload'] },
)

it('does the same with writes together and one by one', () => {
  fc.assert(
    fc.property(fc.array(fc.array(someWrite, { maxLength: 30 }), { maxLength: 4 }), (groups) => {
      const [together, alone] = [open(), open()]
      for (const group of groups) {
        const outcomes = together.values.write(group, 0)
        expect(group.flatMap((write) => alone.values.write([write], 0))).toEqual(outcomes)
      }
      expect([...together.values.all()]).toEqual([...alone.values.all()])
      expect(together.values.contents).toEqual(alone.values.contents)
      expect(together.values.contents).toEqual(together.again().contents)
    }),
    { numRuns: 60 },
  )
})
