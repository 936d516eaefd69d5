import { describe, expect, it } from 'vitest'
import type { ScenarioResult } from './figures.js'
import { machine } from './machine.js'
import { asMarkdown, asText, tables } from './table.js'

const spent = (...costs: number[]) => costs.map((cpuUs) => ({ cpuUs }))

const result = (cases: ScenarioResult['cases'], name = 'fan-in'): ScenarioResult => ({
  ...{ name, about: '', rounds: 3, day: '2026-01-01', machine: machine(), cases },
})

const both = { label: 'both', results: { 'wildcast-json': spent(2, 9, 3), nats: spent(1, 3, 3) } }
const oneFailed = { label: 'one failed', results: { 'wildcast-json': spent(4), nats: [{ failure: 'it has ended' }] } }

describe('tables', () => {
  it('show medians, and the median of the ratios of each round', () => {
    expect(tables(result([both]))).toEqual([
      {
        title: 'CPU for each delivery, µs',
        rows: [
          ['', 'wildcast-json', 'nats', 'json ÷ nats'],
          ['both', '3.00', '3.00', '2.00'],
        ],
      },
    ])
  })

  it('have a dash for a missing figure', () => {
    expect(tables(result([both, oneFailed]))[0]?.rows[2]).toEqual(['one failed', '4.00', '–', '–'])
  })

  it('compare two cases if the scenario names them', () => {
    const cases = [
      { label: 'no stuck reader', results: { nats: spent(2, 4) } },
      { label: 'one stuck reader', results: { nats: spent(3, 4) } },
    ]
    expect(tables(result(cases, 'slow-reader'))[0]?.rows.at(-1)).toEqual(['one ÷ none', '1.25'])
  })

  it('are aligned, for a terminal and for a document', () => {
    const rows = [
      ['', 'a', 'long name'],
      ['first', '10', '2'],
    ]
    expect(asText(rows)).toBe('         a  long name\nfirst   10          2')
    expect(asMarkdown(rows)).toBe(
      '|       |   a | long name |\n| ----- | --: | --------: |\n| first |  10 |         2 |',
    )
  })
})
