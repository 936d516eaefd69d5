import { describe, expect, it } from 'vitest'
import { rule } from '../../testing/history-under-test.js'
import { interpret } from './read-config.js'
import { tomlSource } from './source/toml-source.js'

const environment = { env: {}, resolve: (file: string) => file, readText: () => '' }
const read = (rules: string) =>
  interpret(tomlSource(`brokers.main.type = "memory"\n${rules}`, 'wildcast.toml'), 'wildcast.toml', {
    ...environment,
    isFolder: () => true,
    isFile: () => true,
  }).brokers.get('main')
const ruleOf = (keys: string): string => `[[brokers.main.history]]\n${keys}\n`

describe('the history of a broker', () => {
  it('has rules, each with a number and an age', () => {
    const first = ruleOf('subjects = "room.*.msg"\nmessages = 5\nage = "1.5h"')
    expect(read(first + ruleOf('subjects = "audit"'))).toEqual({
      type: 'memory',
      history: [rule('room.*.msg', { messages: 5, ageMs: 5_400_000 }), rule('audit', { messages: 1000 })],
    })
  })

  it.each([
    ['', '"subjects" in item 1 of "history" in [brokers.main] is missing'],
    ['subjects = "a..b"', '"subjects" in item 1 of "history" in [brokers.main] must be a subject or a pattern'],
    ['subjects = "$presence.a"', '"subjects" in item 1 of "history" in [brokers.main] must not begin with "$" or "_"'],
    [
      'subjects = "a"\nmessages = 0',
      '"messages" in item 1 of "history" in [brokers.main] must be a whole number, from 1',
    ],
    ['subjects = "a"\nage = "1w"', '"age" in item 1 of "history" in [brokers.main] must be a number and s, m, h or d'],
    ['subjects = "a"\nage = 5', '"age" in item 1 of "history" in [brokers.main] must be a number and s, m, h or d'],
  ])('refuses %j, and names the remedy', (keys, why) => {
    expect(() => read(ruleOf(keys))).toThrow(why)
  })
})
