import { describe, expect, it } from 'vitest'
import { readableError } from './readable-error.js'

const file = '/app/bad.ts'

describe('an error of Vite', () => {
  it.each([
    [
      'esbuild',
      { message: `Transform failed with 1 error:\n${file}:3:0: ERROR: Unexpected end of file`, loc: { file, line: 3 } },
      'Unexpected end of file',
    ],
    [
      'Rolldown',
      {
        message:
          'Transform failed with 1 error:\n\n\u001b[31m[PARSE_ERROR] \u001b[0mExpected `)`\n   ╭─[ bad.ts:3:1 ]\n',
        errors: [{ loc: { file, line: 3, column: 1 } }],
      },
      '[PARSE_ERROR] Expected `)`',
    ],
    ['a plugin', { message: 'no such word\nmore', id: file, loc: { line: 3 } }, 'no such word'],
  ])('of %s has one line, without colours, and its place', (_, error, message) => {
    expect(readableError(error)).toEqual({ name: 'Error', message, stack: `Error: ${message}`, loc: { file, line: 3 } })
  })

  it.each([
    [new Error('no place'), 'no place'],
    ['a text', 'a text'],
    [undefined, 'undefined'],
    [{ message: '', loc: { line: 'x' }, errors: 1 }, ''],
  ])('may be anything: %s', (error, message) => {
    expect(readableError(error)).toMatchObject({ message, loc: undefined })
  })
})
