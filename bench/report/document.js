import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { root } from '../../scripts/needs.js'
import { scenarios } from '../scenarios/scenario.js'
import { bars } from './bars.js'
import { curves } from './curves.js'
import { troubles } from './figures.js'
import { described } from './machine.js'
import { merged, readResults, writeResults } from './results.js'
import { asMarkdown, tables } from './table.js'

const docs = path.join(root, 'docs')
const file = path.join(docs, 'performance.md')
const reference = path.join(root, 'bench/results/reference.json')

/** Puts results into docs/performance.md and its charts, beside what stands there of other scenarios. @param {readonly import('./figures.js').ScenarioResult[]} fresh */
export function writeDocument(fresh) {
  const known = merged(existsSync(reference) ? readResults(reference) : [], fresh)
  const all = scenarios.flatMap(({ name }) => known.filter((result) => result.name === name))
  writeResults(reference, all)
  writeFileSync(path.join(docs, 'performance.svg'), bars(all))
  const growth = all.find(({ name }) => name === 'growth')
  if (growth) writeFileSync(path.join(docs, 'growth.svg'), curves(growth))
  writeFileSync(file, all.reduce(replaced, readFileSync(file, 'utf8')))
}

/** The document with a scenario's tables between its marks. */
function replaced(document, result) {
  const [begin, end] = [`<!-- bench:${result.name} -->`, '<!-- bench:end -->']
  const from = document.indexOf(begin)
  const to = document.indexOf(end, from)
  if (from === -1 || to === -1) throw new Error(`${file} has no marks for "${result.name}": ${begin} and ${end}`)
  return `${document.slice(0, from + begin.length)}\n\n${section(result)}\n\n${document.slice(to)}`
}

function section(result) {
  const shown = tables(result).map(({ title, rows }) => `**${title}**\n\n${asMarkdown(rows)}`)
  const { day, rounds, machine } = result
  const how = `${day}, ${rounds === 1 ? 'one round' : `medians of ${rounds} rounds`}. ${described(machine)}`
  const notes = troubles(result).map((trouble) => `- ${trouble}`)
  return [...shown, ...(notes.length > 0 ? [notes.join('\n')] : []), `<sub>${how}</sub>`].join('\n\n')
}
