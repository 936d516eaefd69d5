// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of a configuration

import { expect, it } from 'vitest'
import { expand } from './expand.js'

const environment = {
  env: { HOST: 'redis', EMPTY: '', NESTED: '${HOST}' },
  readText: (file: string) => {
    if (file === '/run/redis') return 'top secret\n'
    throw Object.assign(new Error(), { code: 'ENOENT' })
  },
}

function expanded(value: unknown): unknown {
  const { value: result, faults } = expand(value, environment)
  expect(faults).toEqual([])
  return result
}

function faultsOf(value: unknown): readonly string[] {
  return expand(value, environment).faults.map(({ path, message }) => `${path.join('.')}: ${message}`)
}

it('replaces variables in texts at every depth', () => {
  expect(expanded({ a: 'redis://${HOST}:6379', b: ['${HOST}', { c: 'x${EMPTY}' }] })).toEqual({
    a: 'redis://redis:6379',
    b: ['redis', { c: 'x' }],
  })
})

it('does not change values that are not text', () => {
  const date = new Date(0)
  expect(expanded({ a: 1, b: true, c: null, d: date })).toEqual({ a: 1, b: true, c: null, d: date })
})

it('replaces $${ with the two characters, and does not expand replaced text again', () => {
  expect(expanded(['$${HOST}', '${NESTED}', '$HOST', '{HOST}'])).toEqual(['${HOST}', '${HOST}', '$HOST', '{HOST}'])
})

it('reads the text of a file without its last line break', () => {
  expect(expanded({ password: { file: '/run/redis' } })).toEqual({ password: 'top secret' })
})

it('accepts a path with variables, and does not change other tables with a key "file"', () => {
  const { value } = expand({ a: { file: '/run/${HOST}' }, b: { file: 'x', port: 1 }, file: {} }, environment)
  expect(value).toEqual({ a: 'top secret', b: { file: 'x', port: 1 }, file: {} })
})

it('names the key and the variable if a variable is not set', () => {
  expect(faultsOf({ a: { b: '${NOPE}' }, c: '${toString}' })).toEqual([
    'a.b: {it} needs the environment variable NOPE, which is not set; set it',
    'c: {it} needs the environment variable toString, which is not set; set it',
  ])
})

it.each(['${}', '${', 'a ${HOST', '${A-B}'])('describes how to write %s', (text) => {
  expect(faultsOf({ a: text })).toEqual([expect.stringContaining('write "$${"')])
})

it('names the key, the path and the cause if a file can not be read', () => {
  expect(faultsOf({ password: { file: '/run/nothing' } })).toEqual([
    'password: {it} could not be read from "/run/nothing" (ENOENT); correct the path',
  ])
})
