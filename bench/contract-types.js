// The contract's types: the time that the compiler takes to check a program with a contract of 200
// entries and 200 uses of subjects and patterns, against the same program without types:
// node bench/contract-types.js [rounds, 5 by default] [entries, 200 by default]
// Each round compiles both; medians of the rounds. The bar is for the processor time, which depends
// less on other programs than the time that tsc --extendedDiagnostics shows.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { median } from './report/median.js'
import { asText } from './report/table.js'

const root = path.resolve(import.meta.dirname, '..')
const rounds = Number(process.argv[2] ?? 5)
const count = Number(process.argv[3] ?? 200)
const barMs = 2000

/** Entries of four forms. All keys have the same first segment. */
const entries = Array.from({ length: count }, (_, i) => {
  const [data, other] = [`type<{ readonly n${i}: number }>()`, `type<{ readonly s${i}: string }>()`]
  return [
    `'app.good${i}.*': { message: ${data} },`,
    `'app.room${i}.{room}.msg': { message: ${data}, presence: ${other} },`,
    `'app.price${i}.**': { value: ${data} },`,
    `'app.rpc.sum${i}': { request: ${data}, reply: ${other} },`,
  ][i % 4]
})

/** Uses of each form: a subject, templates, patterns with `*`, a name, and `**`. */
const uses = Array.from({ length: count }, (_, i) => {
  const data = `{ n${i}: 1 }`
  const uses = [
    [
      `publish('app.good${i}.x', ${data})`,
      `publish(\`app.good${i}.\${id}\`, ${data})`,
      `subscribe('app.good${i}.*', use)`,
    ],
    [
      `publish(\`app.room${i}.\${id}.msg\`, ${data})`,
      `subscribe('app.room${i}.{id}.msg', use)`,
      `subscribe('app.*.${i}.msg', use)`,
    ],
    [`setValue('app.price${i}.a.b', ${data})`, `subscribe('app.price${i}.*.b', use)`, `subscribe('app.**.b${i}', use)`],
    [`request('app.rpc.sum${i}', ${data})`],
  ][i % 4]
  return uses[Math.floor(i / 4) % uses.length]
})

const header = `declare const id: string
declare function use(message: { readonly data: unknown; readonly params: unknown }): void
`

const typed = `import { type DataOf, defineContract, type InputOf, type ParamsOf } from '@wildcast/contract'
import { type PatternIn, type SubjectIn, type } from '@wildcast/contract'
${header}
export const api = defineContract({
${entries.join('\n')}
})
type Api = typeof api
declare function publish<const S extends string>(s: SubjectIn<Api, 'message', S>, d: InputOf<Api, 'message', S>): void
declare function setValue<const S extends string>(s: SubjectIn<Api, 'value', S>, d: InputOf<Api, 'value', S>): void
declare function request<const S extends string>(
  s: SubjectIn<Api, 'request', S>,
  d: InputOf<Api, 'request', S>,
): DataOf<Api, 'reply', S>
declare function subscribe<const P extends string>(
  p: PatternIn<Api, 'message' | 'value', P>,
  handler: (message: { readonly data: DataOf<Api, 'message' | 'value', P>; readonly params: ParamsOf<P> }) => void,
): void
${uses.join('\n')}
`

const untyped = `import { type } from '@wildcast/contract'
${header}
export const api = {
${entries.join('\n')}
}
declare function publish(subject: string, data: unknown): void
declare function setValue(subject: string, data: unknown): void
declare function request(subject: string, data: unknown): unknown
declare function subscribe(
  pattern: string,
  handler: (message: { readonly data: unknown; readonly params: unknown }) => void,
): void
${uses.join('\n')}
`

/** The processor time of the processes that a shell has run, as its command `times` shows it. */
const processorMs = (times) =>
  [...times.matchAll(/(\d+)m([\d.]+)s/g)].reduce((sum, [, m, s]) => sum + (m * 60 + Number(s)) * 1000, 0)

/** Compiles a program, and returns what it has cost. Throws if the program has an error. */
function compiled(program) {
  const folder = mkdtempSync(path.join(root, 'node_modules/.wildcast-contract-'))
  try {
    writeFileSync(path.join(folder, 'program.ts'), program)
    const compiler = path.join(root, 'node_modules/typescript/bin/tsc')
    const settings = '--ignoreConfig --noEmit --strict --skipLibCheck --module nodenext --target es2022 --types node'
    const flags = `${settings} --extendedDiagnostics --pretty false`
    const command = `"${process.execPath}" "${compiler}" program.ts ${flags}; times`
    const { stdout } = spawnSync('/bin/sh', ['-c', command], { encoding: 'utf8', cwd: folder })
    if (stdout.includes('error TS')) throw new Error(stdout.slice(0, 2000))
    const figure = (name) => Number(new RegExp(`^${name}:\\s+([\\d.]+)`, 'm').exec(stdout)?.[1])
    const times = stdout.trim().split('\n').at(-1)
    return { processorMs: processorMs(times), totalMs: figure('Total time') * 1000, types: figure('Types') }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const results = Array.from({ length: rounds }, () => ({ typed: compiled(typed), untyped: compiled(untyped) }))
const middle = (variant, figure) => Math.round(median(results.map((result) => result[variant][figure])))
const row = (name, figure) => {
  const [one, other] = [middle('typed', figure), middle('untyped', figure)]
  return [name, ...[one, other, one - other].map(String)]
}
console.log(
  asText([
    [`${count} entries, ${uses.length} uses`, 'with types', 'without', 'added'],
    row('processor time, ms', 'processorMs'),
    row('time, ms', 'totalMs'),
    row('types', 'types'),
  ]),
)
const added = middle('typed', 'processorMs') - middle('untyped', 'processorMs')
console.log(`${added} ms of processor time more than without types; the bar is ${barMs} ms`)
process.exitCode = added < barMs ? 0 : 1
