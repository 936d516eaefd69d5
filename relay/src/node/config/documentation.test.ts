import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { brokerOfQuery } from './broker-query.js'
import { documented, type GatewayOption, gatewayOptions } from './gateway-options.js'
import { interpret } from './read-config.js'
import { jsonSource } from './source/json-source.js'
import { tomlSource } from './source/toml-source.js'

const read = (file: string): string => readFileSync(new URL(`../../../../${file}`, import.meta.url), 'utf8')
const documentation = read('docs/configuration.md')

const environment = {
  env: { PORT: '3015', REDIS_HOST: 'redis', REDIS_PASSWORD: 'x', NATS_PASSWORD: 'x', NATS_TOKEN: 'x' },
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
