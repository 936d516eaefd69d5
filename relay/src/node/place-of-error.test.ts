import { expect, it } from 'vitest'
import { placeOfError } from './place-of-error.js'

const thrown = (stack: string): Error => Object.assign(new Error('it failed'), { stack })

it.each([
  [
    'a stack',
    'Error: it failed\n    at file:///app/a%20b/hello.js:2:6\n    at node:internal/x:1:1',
    '/app/a b/hello.js',
    2,
  ],
  ['a function', 'Error: it failed\n    at run (file:///app/hello.js:12:6)', '/app/hello.js', 12],
  ['a path', 'Error: it failed\n    at run (/app/hello.ts:3:3)', '/app/hello.ts', 3],
  [
    'a library, then the user',
    'Error\n    at f (/app/node_modules/x/x.js:1:1)\n    at /app/hello.js:4:1',
    '/app/hello.js',
    4,
  ],
  ['a link error', "file:///app/hello.js:1\nimport { a } from 'b'\nSyntaxError: no export", '/app/hello.js', 1],
  ['an error of jiti', 'Error: ParseError: Unexpected token  \n /app/hello.ts:2:26', '/app/hello.ts', 2],
])('names the line of %s', (_, stack, file, line) => {
  expect(placeOfError(thrown(stack))).toEqual({ file, line })
})

it.each([
  ['an error without a line', thrown('Error: it failed')],
  ['an error inside Node', thrown('Error\n    at node:internal/modules/esm/utils:346:16')],
  ['a value that is not an error', 'hello.js:1:1'],
  ['undefined', undefined],
  ['an error whose stack has no text', Object.assign(new Error(), { stack: { toString: 1 } })],
])('names no line for %s', (_, cause) => {
  expect(placeOfError(cause)).toBe(undefined)
})

it('names the line that a bundler has added', () => {
  const error = thrown('Error\n    at /app/vite.js:1:1')
  expect(placeOfError(Object.assign(error, { loc: { file: '/app/hello.ts', line: 7 } }))).toEqual({
    file: '/app/hello.ts',
    line: 7,
  })
  expect(placeOfError(Object.assign(error, { loc: { line: 8 }, id: '/app/by-id.ts' }))).toEqual({
    file: '/app/by-id.ts',
    line: 8,
  })
})
