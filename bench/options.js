import { parseArgs } from 'node:util'
import { scenarios } from './scenarios/scenario.js'
import { servers } from './servers/server.js'

const list = (items) => items.map(({ name }) => name).join(', ')

export const usage = `npm run bench -- [scenario …] [flags]

scenarios: ${list(scenarios)}; all by default
  --only <names>    servers, separated by commas: ${list(servers)}
  --rounds <n>      measurements of each case; the medians are shown. 5 by default
  --clients <n>     connections of idle (4000), slow-reader (1000) and slow-crowd (twice 1000)
  --quick           one short round: checks that it works, without valid figures
  --out <file>      writes the results there; bench/results/latest.json by default
  --from <file>     shows the results of this file, without measuring
  --write-docs      writes the results to docs/performance.md and its charts
  --help`

/** Parses the command line. @param {readonly string[]} args @throws {Error} if it is invalid */
export function options(args) {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      only: { type: 'string' },
      rounds: { type: 'string' },
      clients: { type: 'string' },
      quick: { type: 'boolean', default: false },
      out: { type: 'string' },
      from: { type: 'string' },
      'write-docs': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const wanted = chosen(servers, values.only?.split(',') ?? [], 'server')
  return {
    help: values.help,
    scenarios: chosen(scenarios, positionals, 'scenario'),
    servers: wanted.filter((server) => server.installed()),
    missing: wanted.filter((server) => !server.installed()).map(({ name }) => name),
    rounds: count(values.rounds, '--rounds') ?? (values.quick ? 1 : 5),
    settings: { quick: values.quick, clients: count(values.clients, '--clients') },
    out: values.out,
    from: values.from,
    writeDocs: values['write-docs'],
  }
}

function chosen(all, names, what) {
  for (const name of names)
    if (!all.some((one) => one.name === name)) throw new Error(`there is no ${what} "${name}"; there are: ${list(all)}`)
  return names.length === 0 ? all : all.filter(({ name }) => names.includes(name))
}

function count(text, flag) {
  if (text === undefined) return undefined
  const number = Number(text)
  if (!Number.isInteger(number) || number < 1) throw new Error(`${flag} needs a number above 0, not "${text}"`)
  return number
}
