import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { root } from '../../scripts/needs.js'
import { scenarios } from '../scenarios/scenario.js'
import { bars } from './bars.js'
import { curves } from './curves.js'
import { merged, readResults, writeResults } from './results.js'
import { withTables } from './with-tables.js'

const docs = path.join(root, 'docs')
const file = path.join(docs, 'performance.md')
const reference = path.join(root, 'bench/results/reference.json')

/**
 * Writes results to docs/performance.md and its charts; those of other scenarios stay.
 * @param {readonly import('./figures.js').ScenarioResult[]} fresh
 */
export function writeDocument(fresh) {
  const known = merged(existsSync(reference) ? readResults(reference) : [], fresh)
  const all = scenarios.flatMap(({ name }) => known.filter((result) => result.name === name))
  writeResults(reference, all)
  writeFileSync(path.join(docs, 'performance.svg'), bars(all))
  const growth = all.find(({ name }) => name === 'growth')
  if (growth) writeFileSync(path.join(docs, 'growth.svg'), curves(growth))
  writeFileSync(file, all.reduce(withTables, readFileSync(file, 'utf8')))
}
