import { parseSubject } from '@wildcast/protocol'
import { expect, it } from 'vitest'
import { headersIn, headersOut } from './headers.js'

const message = { subject: parseSubject('a'), payload: '' }

it('carries headers and the marks of an answer there and back', () => {
  const said = {
    headers: new Map([['trace', 'ü 1']]),
    more: true,
    error: { code: 'out of stock', message: 'nothing left:\r\n100% gone' },
  }
  expect(headersIn(headersOut({ ...message, ...said }))).toEqual(said)
})

it('adds nothing to a message that has none', () => {
  expect([headersOut(message), headersIn([])]).toEqual([[], {}])
})

it('leaves out what clients could not have sent', () => {
  const foreign = [
    ['__proto__', 'x'],
    ['a b', 'x'],
    ['', 'x'],
    ['fine', 'a\r\nb'],
    ['fine', 'yes'],
  ] as const
  expect(headersIn(foreign)).toEqual({ headers: new Map([['fine', 'yes']]) })
})

it('bounds what a stranger sends', () => {
  const foreign = Array.from({ length: 1000 }, (_, i) => [`h${i}`, 'x'] as const)
  expect(headersIn(foreign).headers?.size).toBe(64)
})

it('takes an error that is not written our way as it is', () => {
  expect(headersIn([['wildcast-error', '100%']])).toEqual({ error: { code: '100%', message: '' } })
})
