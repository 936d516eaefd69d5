import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { ignoredBy, stagesOf } from '../../scripts/deploy/dockerfile.js'
import { blocksOf } from '../../scripts/deploy/readme.js'
import { interpret } from '../src/node/config/read-config.js'
import { tomlSource } from '../src/node/config/source/toml-source.js'

const read = (file: string): string => readFileSync(new URL(`../../deploy/${file}`, import.meta.url), 'utf8')

const environment = {
  env: {
    WILDCAST_HOST: '127.0.0.1',
    WILDCAST_ADMIN: '127.0.0.1:3016',
    WILDCAST_ORIGIN: 'https://app.example.com',
    WILDCAST_SECRET: 's'.repeat(32),
    REDIS_URL: 'redis://redis:6379',
  },
  resolve: (file: string) => file,
  readText: () => '',
  isFolder: () => true,
  isFile: () => true,
}

it.each([
  ['wildcast.toml', 1],
  ['compose.toml', 3],
])('%s is a valid configuration', (file, brokers) => {
  expect(interpret(tomlSource(read(file), file), file, environment).brokers.size).toBe(brokers)
})

/** The variables that a text takes from the environment. */
const variablesOf = (text: string): readonly string[] =>
  [...text.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => name).toSorted()

it('the objects of Kubernetes give a relay the variables of its configuration, and know its ports', () => {
  const objects = parseAllDocuments(read('kubernetes/wildcast.yaml')).map((document) => document.toJS())
  const kinds = objects.map(({ kind }) => kind)
  expect(kinds).toEqual(['ConfigMap', 'Deployment', 'Service', 'PodDisruptionBudget', 'Ingress'])
  const [{ data }, { spec }] = objects as [
    { readonly data: Record<string, string> },
    { readonly spec: { readonly template: { readonly spec: { readonly containers: readonly Container[] } } } },
  ]
  const [container] = spec.template.spec.containers
  const given = [...Object.keys(data), ...(container?.env ?? []).map(({ name }) => name)]
  expect(given.toSorted()).toEqual(variablesOf(read('wildcast.toml')))
  expect(container?.ports).toEqual([
    { name: 'http', containerPort: 3015 },
    { name: 'admin', containerPort: 3016 },
  ])
})

interface Container {
  readonly env: readonly { readonly name: string }[]
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[]
}

it('README.md sets the variables of the configuration', () => {
  const set = [...read('README.md').matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name)
  expect(set.toSorted()).toEqual(variablesOf(read('wildcast.toml')))
})

it.each(['compose.yaml', 'prometheus.yml', 'alerts.yml', 'grafana-source.yml', 'grafana-folder.yml'])(
  '%s names files that exist',
  (file) => {
    const text = JSON.stringify(parse(read(file)))
    for (const [, name = ''] of text.matchAll(/"\.\/([\w./-]+?):/g)) expect(read(name)).not.toBe('')
    expect(text).toMatch(/^\{/)
  },
)

describe('npm run deploy:check', () => {
  it('runs every block of README.md in a Debian, except those of containers', () => {
    const { run, elsewhere } = blocksOf(read('README.md'))
    expect(elsewhere.map((block) => block.split(' ', 2).join(' '))).toEqual(['docker build', 'kubectl create'])
    expect(run.length + elsewhere.length).toBe((read('README.md').match(/^```/gm) ?? []).length / 2)
    expect(run.join('')).toMatch(/systemctl enable --now wildcast[\s\S]*npx wildcast token/)
  })

  it('has commands that are valid bash', () => {
    for (const block of blocksOf(read('README.md')).run) {
      const { status, stderr } = spawnSync('bash', ['-n'], { input: block, encoding: 'utf8' })
      expect([status, stderr]).toEqual([0, ''])
    }
  })

  it('knows every instruction of the Dockerfile', () => {
    const [build, image] = stagesOf(read('Dockerfile'))
    expect(build).toMatchObject({ name: 'build', image: 'node:22-bookworm-slim' })
    expect(image?.instructions.at(-1)).toMatchObject({ word: 'CMD' })
    expect(() => stagesOf('FROM a\nSHELL ["bash"]')).toThrow("can't run SHELL")
    expect(() => stagesOf('RUN true')).toThrow('is before FROM')
  })

  it('leaves out what Dockerfile.dockerignore names', () => {
    const ignored = ignoredBy(read('Dockerfile.dockerignore'))
    for (const file of ['node_modules/a', 'relay/node_modules', 'relay/dist/index.js', '.git', 'demo/a.db-wal'])
      expect([file, ignored(file)]).toEqual([file, true])
    for (const file of ['relay/src/index.ts', 'deploy', '.gitignore', 'packed-data']) expect(ignored(file)).toBe(false)
  })
})
