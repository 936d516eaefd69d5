import { parseSubject } from '@wildcast/protocol'
import { expect, it } from 'vitest'
import { headersIn, headersOut } from './headers.js'

const message = { subject: parseSubject('a'), payload: '' }

function numbered(count: number, value = 'x'): [string, string][] {
  return Array.from({ length: count }, (_, i) => [`h${i}`, value])
}

it('carries headers and the marks of an answer both ways', () => {
  const sent = {
    headers: [
      ['trace', 'ü 1'],
      ['other', ''],
      ['trace', '0'],
    ] as const,
    more: true,
    error: { code: 'out of stock', message: 'nothing left:\r\n100% gone' },
  }
  expect(headersIn(headersOut({ ...message, ...sent }))).toEqual(sent)
})

it('carries the largest headers and error that a client may send', () => {
  const sent = { headers: numbered(64), error: { code: 'x', message: '\n'.repeat(7500) } }
  expect(headersIn(headersOut({ ...message, ...sent }))).toEqual(sent)
})

it('adds nothing to a message without headers', () => {
  expect(headersOut(message)).toEqual([])
  expect(headersIn([])).toEqual({})
})

it('drops headers that clients could not have sent', () => {
  const foreign = [
    ['__proto__', 'x'],
    ['a b', 'x'],
    ['', 'x'],
    ['fine', 'a\r\nb'],
    ['fine', 'yes'],
  ] as const
  expect(headersIn(foreign)).toEqual({ headers: [['fine', 'yes']] })
})

it('accepts 64 headers, and refuses a message with more', () => {
  expect(headersIn(numbered(64))?.headers).toEqual(numbered(64))
  expect(headersIn(numbered(65))).toBeUndefined()
})

it("counts each value of a name, but not one bridge's path", () => {
  const repeated = Array.from({ length: 64 }, (_, i) => ['h', `${i}`] as const)
  const path = ['wildcast-path', 'main'] as const
  expect(headersIn(repeated)).toEqual({ headers: repeated })
  expect(headersIn([...repeated, path])).toEqual({ headers: [...repeated, path] })
  for (const one of [['h', '64'] as const, path]) expect(headersIn([...repeated, path, one])).toBeUndefined()
})

it('reads the marks of an answer if a client has used their names', () => {
  const sent = {
    headers: [
      ['wildcast-error', 'mine'],
      ['a', 'b'],
    ] as const,
    error: { code: 'ours', message: '' },
  }
  expect(headersIn(headersOut({ ...message, ...sent }))).toEqual({ headers: [['a', 'b']], error: sent.error })
})

it('refuses headers, and an error, of more than 8 kB', () => {
  expect(headersIn([['h', 'x'.repeat(8191)]])).toBeDefined()
  expect(headersIn([['h', 'x'.repeat(8192)]])).toBeUndefined()
  expect(headersIn(headersOut({ ...message, error: { code: 'x', message: 'y'.repeat(8192) } }))).toBeUndefined()
})

it('reads a limited number of headers', () => {
  let read = 0
  function* endless(): Generator<[string, string]> {
    for (;;) yield [`h${read++}`, 'x']
  }
  expect(headersIn(endless())).toBeUndefined()
  expect(read).toBeLessThan(100)
})

it('keeps an error that is not percent-escaped unchanged', () => {
  expect(headersIn([['wildcast-error', '100%']])).toEqual({ error: { code: '100%', message: '' } })
})
