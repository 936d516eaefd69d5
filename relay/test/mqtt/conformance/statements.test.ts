import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { statements3 } from './statements-3.js'
import { statements5 } from './statements-5.js'

const folder = import.meta.dirname
const versions = { '3.1.1': statements3, '5.0': statements5 } as const
type Version = keyof typeof versions

interface Statement {
  readonly number: string
  readonly does: string
  readonly untested: string | undefined
}

const statements = (version: Version): Statement[] =>
  versions[version]
    .trim()
    .split('\n')
    .map((line) => {
      const [, number = '', does = '', untested] = /^(\S+) ([^|]+)(?:\|(.+))?$/.exec(line) ?? []
      return { number, does, untested }
    })

/** The files whose tests name each statement of a version. */
function shown(version: Version): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>()
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.test.ts'))) {
    const source = readFileSync(path.join(folder, file), 'utf8').replace(/['`] \+\s*['`]/g, '')
    for (const [, title = ''] of source.matchAll(/['`]((?:3\.1\.1 \[[^\]]*\] ?)?(?:5\.0 \[[^\]]*\])?): /g)) {
      const [, numbers = ''] = title.match(new RegExp(`${version.replaceAll('.', '\\.')} \\[([^\\]]*)\\]`)) ?? []
      for (const number of numbers.split(' ').filter(Boolean))
        found.set(number, (found.get(number) ?? new Set()).add(file))
    }
  }
  return found
}

function table(version: Version): string {
  const files = shown(version)
  const rows = statements(version).map(({ number, does, untested }) => {
    const tests = [...(files.get(number) ?? [])].sort().map((file) => file.replace('.test.ts', ''))
    return `| MQTT-${number} | ${does} | ${tests.length > 0 ? tests.join(', ') : (untested ?? '')} |`
  })
  return [
    `## MQTT ${version}`,
    '',
    '| Statement | What the gateway does | Test |',
    '| --- | --- | --- |',
    ...rows,
  ].join('\n')
}

const head = `# Conformance of the MQTT gateway

The numbered statements of MQTT 3.1.1 and 5.0 that concern a server, and what the gateway does about
each. The last column names the tests in \`relay/test/mqtt/conformance\`, or gives the reason why no
test shows the statement. The tests send packets over TCP and WebSocket, and name the statements in
their titles. They also run against mosquitto, with \`WILDCAST_MQTT_SERVER=mosquitto\`. This page is
made from \`relay/test/mqtt/conformance/statements-*.ts\`, by
\`vitest run --project unit relay/test/mqtt/conformance/statements.test.ts --update=true\`.

Statements that concern only clients are not listed.
`

it.each(['3.1.1', '5.0'] as const)(
  'each statement of MQTT %s has a test or a reason, and each test names known ones',
  (version) => {
    const known = statements(version)
    const files = shown(version)
    expect(known.filter(({ number, untested }) => files.has(number) === (untested !== undefined))).toEqual([])
    const numbers = known.map(({ number }) => number)
    expect([...files.keys()].filter((number) => !numbers.includes(number))).toEqual([])
    expect(new Set(numbers).size).toBe(numbers.length)
  },
)

it('docs/mqtt-conformance.md has a row for each statement', async () => {
  const page = `${head}\n${table('3.1.1')}\n\n${table('5.0')}\n`
  await expect(page).toMatchFileSnapshot(path.resolve(folder, '../../../../docs/mqtt-conformance.md'))
})
