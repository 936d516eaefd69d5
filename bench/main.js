// The benchmark that npm run bench starts after the build.
import path from 'node:path'
import { root } from '../scripts/needs.js'
import { options, usage } from './options.js'
import { writeDocument } from './report/document.js'
import { problems } from './report/figures.js'
import { described, machine } from './report/machine.js'
import { readResults, writeResults } from './report/results.js'
import { asText, tables } from './report/table.js'
import { rounds } from './rounds.js'

const latest = path.join(root, 'bench/results/latest.json')

/** @param {readonly string[]} args */
export async function bench(args) {
  const wanted = options(args)
  if (wanted.help) return console.log(usage)
  const results = wanted.from === undefined ? await run(wanted) : read(wanted)
  if (wanted.writeDocs) writeDocument(results)
}

function read({ from, scenarios }) {
  const results = readResults(from).filter(({ name }) => scenarios.some((scenario) => scenario.name === name))
  for (const result of results) print(result)
  return results
}

async function run({ scenarios, servers, missing, settings, out = latest, rounds: count }) {
  console.log(`${described(machine())}\n`)
  if (missing.length > 0) console.log(`Not installed, so left out: ${missing.join(', ')}\n`)
  const results = []
  for (const scenario of scenarios) {
    const result = await rounds(scenario, { servers, rounds: count, settings, onProgress: progress })
    progress('')
    print(result)
    results.push(result)
    // After each scenario, so that an interrupted run keeps its results.
    writeResults(out, results)
  }
  console.log(`All figures: ${out}`)
  return results
}

function print(result) {
  console.log(
    `${result.name}: ${result.about}; ${result.rounds === 1 ? 'one round' : `medians of ${result.rounds} rounds`}\n`,
  )
  for (const { title, rows } of tables(result)) console.log(`${title}\n${asText(rows)}\n`)
  for (const problem of problems(result)) console.log(`! ${problem}`)
}

/** Overwrites one line, on a terminal only. */
function progress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`)
}
