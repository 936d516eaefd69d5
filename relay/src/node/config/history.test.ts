import { describe, expect, it } from 'vitest'
import { rule } from '../../testing/history-under-test.js'
import { interpret } from './read-config.js'
import { tomlSource } from './source/toml-source.js'

const environment = { env: {}, resolve: (file: string) => file, readText: () => '' }
const interpretToml = (toml: string) =>
  interpret(tomlSource(toml, 'wildcast.toml'), 'wildcast.toml', {
    ...environment,
    isFolder: () => true,
    isFile: () => true,
  }).brokers.get('main')
const read = (rules: string) => interpretToml(`brokers.main.type = "memory"\n${rules}`)
const ruleOf = (keys: string): string => `[[brokers.main.history]]\n${keys}\n`

describe('the history of a broker', () => {
  it('may have a rule for what a later one names, too', () => {
    const rules = ['room.1.msg', 'room.*.msg', 'room.**', 'other.*'].map((subjects) =>
      ruleOf(`subjects = "${subjects}"`),
    )
    expect(read(rules.join(''))).toMatchObject({ history: Array(4).fill({}) })
  })

  it('is refused on MQTT, with the reason', () => {
    const toml = '[brokers.main]\ntype = "mqtt"\naddress = "mqtt://mqtt"\n[[brokers.main.history]]\nsubjects = "a"\n'
    expect(() => interpretToml(toml)).toThrow(
      'wildcast.toml:4: "history" in [brokers.main] has no effect, since MQTT keeps no messages; remove it, or use ' +
        'memory, Redis or NATS',
    )
  })

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
    [
      'subjects = "room.**"\n[[brokers.main.history]]\nsubjects = "room.*.msg"',
      'wildcast.toml:5: "subjects" in item 2 of "history" in [brokers.main] never takes effect, since an earlier ' +
        'rule, "room.**", names the same subjects; move it before that, or remove it',
    ],
    [
      'subjects = "a"\n[[brokers.main.history]]\nsubjects = "a"\nage = "1h"',
      '"subjects" in item 2 of "history" in [brokers.main] never takes effect, since an earlier rule names the same',
    ],
  ])('refuses %j, and names the remedy', (keys, why) => {
    expect(() => read(ruleOf(keys))).toThrow(why)
  })
})
