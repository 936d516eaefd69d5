import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { usualLeewayMs } from '../../auth/settings.js'
import { limitTable, usualLimit } from '../../core/limit-table.js'
import { brokerOfQuery } from './broker-query.js'
import { documented, type GatewayOption, gatewayOptions } from './gateway-options.js'
import { interpret } from './read-config.js'
import { usualMessages } from './schema/history.js'
import { jsonSource } from './source/json-source.js'
import { tomlSource } from './source/toml-source.js'

const read = (file: string): string => readFileSync(new URL(`../../../../${file}`, import.meta.url), 'utf8')
const documentation = read('docs/configuration.md')

const environment = {
  env: {
    ...{ PORT: '3015', REDIS_HOST: 'redis', REDIS_URL: 'redis://redis', REDIS_PASSWORD: 'x' },
    ...{ NATS_PASSWORD: 'x', NATS_TOKEN: 'x', JWT_SECRET: 's'.repeat(32) },
    REPORTS_HASH: `$scrypt$ln=14,r=8,p=5$${'A'.repeat(22)}$${'A'.repeat(43)}`,
  },
  resolve: (file: string) => file,
  readText: () => 'x\n',
  isFolder: () => true,
  isFile: () => true,
}

/** The blocks of a language, each with its first line. */
function blocks(language: string, text = documentation): readonly (readonly [line: number, text: string])[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map((found) => [
    text.slice(0, found.index).split('\n').length,
    found[1] ?? '',
  ])
}

it.each(blocks('toml'))('docs/configuration.md:%i is a valid configuration', (_, text) => {
  expect(interpret(tomlSource(text, 'example'), 'example', environment).brokers.size).toBeGreaterThan(0)
})

const others = ['docs/security.md', 'docs/components.md', 'docs/history.md', 'docs/nextjs.md', 'docs/mqtt.md'].flatMap(
  (file) => blocks('toml', read(file)).map(([line, text]): [string, number, string] => [file, line, text]),
)

it.each(others)('%s:%i is a valid configuration', (_, __, text) => {
  expect(interpret(tomlSource(text, 'example'), 'example', environment).brokers.size).toBe(1)
})

it.each(blocks('toml', read('docs/namespaces.md')))('docs/namespaces.md:%i is a valid configuration', (_, text) => {
  const { notes, namespaces = {} } = interpret(tomlSource(text, 'example'), 'example', environment)
  expect({ notes, names: Object.keys(namespaces) }).toEqual({ notes: [], names: ['shop', 'blog'] })
})

it('docs/security.md has a module with both hooks', async () => {
  const [[, text = ''] = []] = blocks('js', read('docs/security.md'))
  const hooks: unknown = await import(`data:text/javascript,${encodeURIComponent(text)}`)
  expect(hooks).toMatchObject({ authenticate: expect.any(Function), authorize: expect.any(Function) })
})

it("the README's blocks are one valid configuration", () => {
  const text = blocks('toml', read('README.md'))
    .map(([, block]) => block)
    .join('\n')
  const { brokers, bridges, components } = interpret(tomlSource(text, 'example'), 'example', environment)
  expect({ brokers: brokers.size, bridges: bridges.length, components: components.length }).toEqual({
    brokers: 3,
    bridges: 1,
    components: 1,
  })
})

it.each(blocks('json'))('docs/configuration.md:%i is a valid configuration in JSON', (_, text) => {
  expect(interpret(jsonSource(text, 'example'), 'example', environment).brokers.size).toBe(1)
})

it.each(blocks('js'))('docs/configuration.md:%i is a valid module', async (_, text) => {
  const { default: value } = (await import(`data:text/javascript,${encodeURIComponent(text)}`)) as { default: unknown }
  const source = { value, faults: [], lineOf: () => undefined }
  expect(interpret(source, 'example', environment).brokers.size).toBe(1)
})

it.each([...documentation.matchAll(/^wildcast gateway -b '?([^'\n]*)'?$/gm)].map(([, query]) => query ?? ''))(
  'docs/configuration.md has a valid query: %s',
  (query) => {
    expect(() => brokerOfQuery(query, '--broker', environment)).not.toThrow()
  },
)

it('docs/configuration.md has examples of each kind', () => {
  expect(blocks('toml').length).toBeGreaterThan(6)
  expect({ json: blocks('json').length, js: blocks('js').length }).toEqual({ json: 1, js: 1 })
})

/** The first table row that begins with a key, as the cells after the key. */
function rowOf(key: string): readonly string[] {
  const row = documentation.split('\n').find((line) => line.startsWith(`| \`${key}\` `)) ?? ''
  return row
    .split('|')
    .slice(2, -1)
    .map((cell) => cell.trim())
}

it.each(gatewayOptions.map((option): [string, GatewayOption] => [option.key, option]))(
  'docs/configuration.md has the row of the gateway option %s',
  (key, option) => {
    expect(rowOf(key)).toEqual([documented(option), String(option.usual)])
  },
)

/** The rows of the table whose first heading names a table of the configuration, by their keys. */
function tableOf(name: string): ReadonlyMap<string, readonly string[]> {
  const lines = documentation.split('\n')
  const start = lines.findIndex((line) => line.startsWith(`| \`${name}\` `))
  const end = lines.findIndex((line, i) => i > start && !line.startsWith('|'))
  const rows = lines.slice(start + 2, end).map((line) => line.split('|').map((cell) => cell.trim()))
  return new Map(rows.map(([, key = '', ...cells]) => [key.replaceAll('`', ''), cells]))
}

/** The keys that a table of the configuration may have, as its errors list them. */
function allowedIn(table: string): readonly string[] {
  const toml = `brokers.NAME.type = "memory"\n${table}\n"?" = 1\n`
  try {
    interpret(tomlSource(toml, 'example'), 'example', environment)
  } catch (cause) {
    return /unknown key .*; allowed: (.*)/.exec(String(cause))?.[1]?.split(', ') ?? []
  }
  return []
}

it.each([
  '[contract]',
  '[auth]',
  '[auth.jwt]',
  '[auth.users.NAME]',
  '[auth.keys.NAME]',
  '[roles.NAME]',
  '[namespaces.NAME]',
  '[[brokers.NAME.history]]',
])('docs/configuration.md has a row for each key of %s, and no other', (table) => {
  expect([...tableOf(table).keys()].sort()).toEqual([...allowedIn(table)].sort())
  expect(tableOf(table).size).toBeGreaterThan(0)
})

it('docs/configuration.md has the usual number of messages that a rule keeps', () => {
  expect(tableOf('[[brokers.NAME.history]]').get('messages')?.[1]).toBe(String(usualMessages))
})

it('docs/configuration.md has the usual leeway of a token', () => {
  expect(tableOf('[auth.jwt]').get('leeway_ms')?.[1]).toBe(String(usualLeewayMs))
})

it('docs/configuration.md has the table of limits', () => {
  const rows = Object.fromEntries([...tableOf('[limits]')].map(([key, [about, usual]]) => [key, { about, usual }]))
  expect(rows).toEqual(
    Object.fromEntries(limitTable.map((row) => [row.key, { about: row.about, usual: usualLimit(row) }])),
  )
})
