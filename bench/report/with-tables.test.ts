import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { scenarios } from '../scenarios/scenario.js'
import { machine } from './machine.js'
import { withTables } from './with-tables.js'

const performance = readFileSync(path.resolve(import.meta.dirname, '../../docs/performance.md'), 'utf8')

const result = (name: string, cpuUs: number) => ({
  ...{ name, about: '', rounds: 1, day: '2026-01-01', machine: machine() },
  cases: [{ label: 'some case', results: { nats: [{ cpuUs, grown: cpuUs * 1000, lost: 3 }] } }],
})

describe('docs/performance.md', () => {
  it.each(scenarios.map(({ name }) => name))('has a place for %s', (name) => {
    const once = withTables(performance, result(name, 1.5))
    expect(once).toContain('| some case | ')
    expect(withTables(once, result(name, 2.5))).toBe(withTables(performance, result(name, 2.5)))
  })
})

describe('withTables', () => {
  it('lists the problems', () => {
    const document = '<!-- bench:fan-in --> old <!-- bench:end --> rest'
    const written = withTables(document, result('fan-in', 1))
    expect(written).toContain('- nats, some case: 3 were lost')
    expect(written).not.toContain('old')
    expect(written).toMatch(/<!-- bench:end --> rest$/)
  })

  it('fails if the document has no place for a scenario', () => {
    expect(() => withTables('nothing', result('fan-in', 1))).toThrow('add <!-- bench:fan-in -->')
  })
})
