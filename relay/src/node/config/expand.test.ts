// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is what is put in

import { expect, it } from 'vitest'
import { expand } from './expand.js'

const outside = {
  env: { HOST: 'redis', EMPTY: '', NESTED: '${HOST}' },
  readText: (file: string) => {
    if (file === '/run/redis') return 'top secret\n'
    throw Object.assign(new Error(), { code: 'ENOENT' })
  },
}

function expanded(value: unknown): unknown {
  const { value: result, faults } = expand(value, outside)
  expect(faults).toEqual([])
  return result
}

function faultsOf(value: unknown): readonly string[] {
  return expand(value, outside).faults.map(({ path, message }) => `${path.join('.')}: ${message}`)
}

it('puts variables into texts, wherever they stand', () => {
  expect(expanded({ a: 'redis://${HOST}:6379', b: ['${HOST}', { c: 'x${EMPTY}' }] })).toEqual({
    a: 'redis://redis:6379',
    b: ['redis', { c: 'x' }],
  })
})

it('leaves what is no text as it is', () => {
  const date = new Date(0)
  expect(expanded({ a: 1, b: true, c: null, d: date })).toEqual({ a: 1, b: true, c: null, d: date })
})

it('takes $${ for the two characters, and looks into nothing that it has put in', () => {
  expect(expanded(['$${HOST}', '${NESTED}', '$HOST', '{HOST}'])).toEqual(['${HOST}', '${HOST}', '$HOST', '{HOST}'])
})

it('reads the text of a file without the end of its last line', () => {
  expect(expanded({ password: { file: '/run/redis' } })).toEqual({ password: 'top secret' })
})

it('takes a path with variables, and leaves tables that only have a key of that name', () => {
  const { value } = expand({ a: { file: '/run/${HOST}' }, b: { file: 'x', port: 1 }, file: {} }, outside)
  expect(value).toEqual({ a: 'top secret', b: { file: 'x', port: 1 }, file: {} })
})

it('names key and variable where one is not set', () => {
  expect(faultsOf({ a: { b: '${NOPE}' }, c: '${toString}' })).toEqual([
    'a.b: {it} needs the environment variable NOPE, which is not set; set it',
    'c: {it} needs the environment variable toString, which is not set; set it',
  ])
})

it.each(['${}', '${', 'a ${HOST', '${A-B}'])('says how %s is to be written', (text) => {
  expect(faultsOf({ a: text })).toEqual([expect.stringContaining('write "$${"')])
})

it('names key, path and cause where a file can not be read', () => {
  expect(faultsOf({ password: { file: '/run/nothing' } })).toEqual([
    'password: {it} is to be read from "/run/nothing", which failed (ENOENT); correct the path',
  ])
})
