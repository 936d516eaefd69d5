import { parseSubject } from '@wildcast/protocol'
import { expect, it } from 'vitest'
import { splitBeside, withBeside } from '../../stores/beside-header.js'
import { lineOfMessage, lineOfValue, writeOfLine } from './store-line.js'

const beside = { contentType: 'text/plain', correlation: Uint8Array.of(0, 255), format: 1 }
const headers = [['trace', '1']] as const
const stored = { subject: parseSubject('lamp.1'), payload: 'on', headers: withBeside(headers, beside) }
const value = { ...stored, revision: 'r' }
const message = { ...stored, position: 'p', keptAt: 5 }

it.each([
  ['a value', lineOfValue(value)],
  ['a message', lineOfMessage(message)],
])('a line of %s has the facts beside its payload, apart from its headers', (_, line) => {
  expect(JSON.parse(line)).toMatchObject({ subject: 'lamp.1', message: 'on', headers, beside: expect.any(String) })
  expect(splitBeside(writeOfLine(line, 1, 0)?.headers ?? [])).toEqual({ headers, beside })
})

it('a line without headers has neither', () => {
  const line = lineOfValue({ ...value, headers: undefined })
  expect(Object.keys(JSON.parse(line) as object)).toEqual(['subject', 'revision', 'message'])
  expect(writeOfLine(line, 1, 0)?.headers).toBeUndefined()
})

it('a line whose facts are no text is refused', () => {
  const line = JSON.stringify({ subject: 'lamp.1', message: 'on', beside: {} })
  expect(() => writeOfLine(line, 7, 0)).toThrow('line 7 has a "beside" that is no text')
})
