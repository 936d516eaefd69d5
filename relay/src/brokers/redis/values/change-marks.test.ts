import { describe, expect, it } from 'vitest'
import { aboutText } from '../../foreign/about.js'
import { changeMarkOf, digestText, type MarkKind } from './change-mark.js'
import { ChangeMarks } from './change-marks.js'

const revision = '0tpbdv2uei-00000000z'
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const mark = (payload: string, about = '', kind: MarkKind = payload === '' ? 'd' : 'v'): Uint8Array =>
  bytes(revision + digestText(payload, kind) + about)

describe('the mark of a change', () => {
  it('has the revision, the headers and the user of the value', () => {
    const about = { headers: [['trace', 'ü'] as const, ['trace', ''] as const], user: 'ada "b"\n' }
    expect(changeMarkOf(mark('on', aboutText(about)))?.fields).toEqual({ revision, ...about })
    expect(changeMarkOf(mark('on'))?.fields).toEqual({ revision })
  })

  it('states a deletion, whose payload is empty', () => {
    expect(changeMarkOf(mark(''))?.fields).toEqual({ revision, deleted: true })
  })

  it('states the position of a message that is kept', () => {
    const fields = (payload: string, kind: MarkKind) => changeMarkOf(mark(payload, '', kind))?.fields
    expect(fields('', 'm')).toEqual({ position: revision })
    expect(fields('on', 'V')).toEqual({ position: revision, revision })
    expect(fields('', 'D')).toEqual({ position: revision, revision, deleted: true })
  })

  it.each([
    '',
    'x',
    revision,
    `${revision}v`,
    `${revision}v${'0'.repeat(40)} `,
    `${revision}x${'0'.repeat(40)}1 `,
    `${revision.toUpperCase()}v${'0'.repeat(40)}1 `,
    `${revision}v${'0'.repeat(40)}${'1'.repeat(11)} `,
  ])('is ignored if a relay can not have written it: %j', (text) => {
    expect(changeMarkOf(bytes(text))).toBeUndefined()
  })

  it.each([
    '{',
    'null',
    '7',
    '[]',
    '{"headers":{},"user":7}',
    '{"headers":["ab",["a"],["a",7],["a b","x"],["a","\\n"]]}',
    `{"headers":${JSON.stringify(Array(100).fill(['a', 'b']))}}`,
  ])('leaves out headers and users that are invalid: %s', (about) => {
    const { headers, ...rest } = changeMarkOf(mark('on', about))?.fields ?? {}
    expect({ headers, rest }).toEqual({ headers: undefined, rest: { revision } })
  })
})

describe('the marks of a subscription', () => {
  it('belong to the payload that follows on the same channel', () => {
    const marks = new ChangeMarks()
    expect(marks.take('a', bytes('on'))).toBeUndefined()
    marks.announced('a', mark('on'))
    expect(marks.take('a', bytes('on'))).toEqual({ revision })
    expect(marks.take('a', bytes('on'))).toBeUndefined()
  })

  it.each([
    ['another channel', 'b', 'on'],
    ['another length', 'a', 'one'],
    ['other bytes', 'a', 'no'],
  ])('are dropped if a message of %s follows', (_, channel, payload) => {
    const marks = new ChangeMarks()
    marks.announced('a', mark('on'))
    expect(marks.take(channel, bytes(payload))).toBeUndefined()
    expect(marks.take('a', bytes('on'))).toBeUndefined()
  })

  it('are revoked by a mark that is empty', () => {
    const marks = new ChangeMarks()
    marks.announced('a', mark('on'))
    marks.announced('a', bytes(''))
    expect(marks.take('a', bytes('on'))).toBeUndefined()
  })
})
