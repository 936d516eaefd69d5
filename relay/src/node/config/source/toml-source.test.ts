import { expect, it } from 'vitest'
import { tomlSource } from './toml-source.js'

const read = (text: string) => tomlSource(text, 'wildcast.toml')

it('reads values and their lines', () => {
  const { value, faults, lineOf } = read('port = 3_005\n[brokers.main]\ntype = "memory"\n')
  expect(value).toEqual({ port: 3005, brokers: { main: { type: 'memory' } } })
  expect(faults).toEqual([])
  expect(lineOf(['brokers', 'main', 'type'])).toBe(3)
})

it.each([
  [
    '[brokers.main]\n[brokers.main]',
    'wildcast.toml:2: "brokers.main" is defined twice; rename one of the two, or merge their keys',
  ],
  ['[a]\nb = 1\nb = 2', 'wildcast.toml:3: "b" is defined twice; rename one of the two, or merge their keys'],
  ['a = { b = 1, b = 2 }', 'wildcast.toml:1: "b" is defined twice; rename one of the two, or merge their keys'],
  ['a = 1\nb = hello', 'wildcast.toml:2: this is not valid TOML, from column 5 on: invalid value; put text in quotes'],
  ['a = "x', 'wildcast.toml:1: this is not valid TOML, from column 5 on: unfinished string'],
])('describes in one sentence what is wrong with %j', (text, message) => {
  expect(() => read(text)).toThrow(expect.objectContaining({ name: 'ConfigError', message }))
})

it('never shows the lines around an error', () => {
  expect(() => read('password = "top secret"\npassword = "top secret"\n')).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining('secret') }),
  )
  expect(() => read('password = "top secret" oops')).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining('secret') }),
  )
})
