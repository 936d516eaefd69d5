import { execFileSync } from 'node:child_process'
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { templates } from '../src/node/templates/templates.js'
import { folderWith, portsOf, run, start } from './command.js'

/** A project as `wildcast init` writes it. */
async function project(): Promise<string> {
  const cwd = path.join(await folderWith('neighbour', ''), 'My App!')
  expect(await run(['init', cwd])).toMatchObject({ code: 0, err: '' })
  return cwd
}

const original = `[trigger]
type = "message"
[trigger.brokers.primary]
broker_type = "InMemoryBroker"
`

describe('wildcast init', () => {
  it('writes a project, and prints the next steps', async () => {
    const cwd = path.join(await folderWith('neighbour', ''), 'My App!')
    const { code, out } = await run(['init', 'My App!'], { cwd: path.dirname(cwd) })
    expect({ code, out }).toEqual({ code: 0, out: "my-app is ready:\n\ncd 'My App!'\nnpm install\nnpm run dev\n" })
    expect((await readdir(cwd)).sort()).toEqual([
      '.gitignore',
      'README.md',
      'components',
      'contract.js',
      'index.html',
      'package.json',
      'src',
      'test',
      'tsconfig.json',
      'vite.config.ts',
      'wildcast.toml',
    ])
    expect(JSON.parse(await readFile(path.join(cwd, 'package.json'), 'utf8'))).toMatchObject({
      name: 'my-app',
      dependencies: { '@wildcast/relay': expect.stringMatching(/^\d+\.\d+\.\d+/) },
    })
  })

  it('is called by npm create wildcast', async () => {
    const cwd = await folderWith('neighbour', '')
    const create = path.resolve(import.meta.dirname, '../../packages/create-wildcast/bin/create-wildcast.js')
    execFileSync(process.execPath, [create, 'app'], { cwd })
    expect(await readdir(path.join(cwd, 'app'))).toContain('wildcast.toml')
  })

  it('takes the packages from tarballs, with paths relative to the project', async () => {
    const cwd = await folderWith('neighbour', '')
    await mkdir(path.join(cwd, 'packed'))
    const missing = path.join(cwd, 'packed/wildcast-client-0.1.0.tgz')
    expect(await run(['init', 'my/app', '--packages', 'packed'], { cwd })).toEqual({
      code: 1,
      out: '',
      err: `${missing} does not exist; write it with "npm run pack" in Wildcast's repository\n`,
    })
    for (const name of ['client', 'contract', 'protocol', 'react', 'relay', 'testing', 'vite'])
      await writeFile(path.join(cwd, `packed/wildcast-${name}-0.1.0.tgz`), '')
    expect(await run(['init', 'my/app', '--packages', 'packed'], { cwd })).toMatchObject({ code: 0, err: '' })
    expect(JSON.parse(await readFile(path.join(cwd, 'my/app/package.json'), 'utf8'))).toMatchObject({
      dependencies: {
        '@wildcast/client': 'file:../../packed/wildcast-client-0.1.0.tgz',
        '@wildcast/protocol': 'file:../../packed/wildcast-protocol-0.1.0.tgz',
        react: expect.any(String),
      },
      devDependencies: {
        '@wildcast/testing': 'file:../../packed/wildcast-testing-0.1.0.tgz',
        '@wildcast/vite': 'file:../../packed/wildcast-vite-0.1.0.tgz',
        vite: expect.any(String),
      },
    })
  })

  it('writes tests with a relay in its own process, which pass', async () => {
    const cwd = await project()
    await symlink(path.resolve(import.meta.dirname, '../../node_modules'), path.join(cwd, 'node_modules'))
    const words = ['--test', '--test-reporter', 'tap', 'test/connection.test.js']
    expect(execFileSync(process.execPath, words, { cwd, encoding: 'utf8' })).toMatch(/^# pass 2$/m)
  })

  it('overwrites nothing', async () => {
    const cwd = await folderWith('notes.txt', 'mine')
    expect(await run(['init'], { cwd })).toEqual({
      code: 1,
      out: '',
      err: '. is not empty; choose another folder, or empty it\n',
    })
    expect(await readdir(cwd)).toEqual(['notes.txt'])
  })
})

describe('wildcast add', () => {
  it('lists its templates', async () => {
    const { out } = await run(['add', '--help'])
    for (const { name, about } of templates) {
      expect(out).toContain(name)
      expect(out.replace(/\s+/g, ' ')).toContain(about)
    }
  })

  it.each([
    'message-component',
    'request-response-message-component',
    'queue-component',
    'redis-broker',
    'nats-broker',
    'mqtt-broker',
    'broker-gateway',
  ])('accepts the original name %s', async (template) => {
    const cwd = await folderWith('wildcast.toml', 'brokers.main.type = "memory"\n')
    const name = template === 'broker-gateway' ? 'main' : 'mine'
    expect(await run(['add', template, name, '--yes'], { cwd })).toMatchObject({ code: 0, err: '' })
  })

  it.each([
    ['an unknown name', ['nonsense', 'a'], 'there is no template "nonsense"; there are: message-component, '],
    ['a misspelt name', ['queue-componnent', 'a', '--yes'], 'did you mean "queue-component"?'],
    ['no name', [], 'name a template; there are: message-component, '],
    ['the template of whole projects', ['message-app', 'a'], 'write it with "wildcast init <folder>"'],
  ])('reports the remedy for %s', async (_, words, message) => {
    expect(await run(['add', ...words])).toMatchObject({ code: 2, out: '', err: expect.stringContaining(message) })
  })

  it.each([
    [
      'the first broker',
      'wildcast.toml',
      '[brokers.main]\ntype = "memory"\n[brokers.other]\ntype = "memory"\n',
      'main',
    ],
    [
      'the default broker',
      'wildcast.toml',
      'default = "other"\n[brokers.main]\ntype = "memory"\n[brokers.other]\ntype = "memory"\n',
      'other',
    ],
    ["the original's first broker", 'spin.toml', original.replace('primary', 'cache'), 'cache'],
  ])('adds a component and a gateway for %s if none is named', async (_, file, text, broker) => {
    const cwd = await folderWith(file, text)
    expect(await run(['add', 'message-component', 'hello', '--yes'], { cwd })).toMatchObject({ code: 0, err: '' })
    expect(await run(['add', 'broker-gateway', '--yes'], { cwd })).toMatchObject({
      code: 0,
      out: `${file}: added broker-gateway "${broker}"\n`,
    })
    const toml = await readFile(path.join(cwd, file), 'utf8')
    expect(toml).toContain(`[component.trigger]\nbroker = "${broker}"\n`)
    expect(toml).toContain(`result = { default_broker = "${broker}", default_subject = "goodbye" }`)
    expect(toml).toContain(file === 'spin.toml' ? `[trigger.brokers.${broker}.gateway.Http]` : `broker = "${broker}"`)
  })

  it('sends the outputs of a component to the broker that triggers it, unless another is named', async () => {
    const cwd = await folderWith('wildcast.toml', '[brokers.main]\ntype = "memory"\n[brokers.other]\ntype = "memory"\n')
    await run(['add', 'message-component', 'hello', '--yes', '--broker', 'other'], { cwd })
    expect(await readFile(path.join(cwd, 'wildcast.toml'), 'utf8')).toContain('default_broker = "other"')
  })

  it.each([
    ['message-component', ['a', '--broker', 'nowhere'], '--broker: '],
    ['queue-component', ['a', '--result-broker', 'nowhere'], '--result-broker: '],
    ['broker-gateway', ['nowhere'], 'broker-gateway: '],
  ])('lists the brokers if %s names an unknown one', async (template, words, prefix) => {
    for (const [file, text] of [
      ['wildcast.toml', '[brokers.main]\ntype = "memory"\n[brokers.other]\ntype = "memory"\n'],
      ['spin.toml', `${original}[trigger.brokers.other]\nbroker_type = "InMemoryBroker"\n`.replace('primary', 'main')],
    ] as const) {
      const cwd = await folderWith(file, text)
      expect(await run(['add', template, ...words, '--yes'], { cwd })).toEqual({
        code: 1,
        out: '',
        err: `${prefix}there is no broker "nowhere"; there are: main, other\n`,
      })
      expect(await readFile(path.join(cwd, file), 'utf8')).toBe(text)
    }
  })

  it('adds the first broker to a configuration that has none, and nothing that needs one', async () => {
    const cwd = await folderWith('wildcast.toml', 'port = 3015\n')
    expect(await run(['add', 'message-component', 'a', '--yes'], { cwd })).toMatchObject({
      code: 1,
      err: expect.stringContaining('wildcast add redis-broker main'),
    })
    expect(await run(['add', 'redis-broker', 'main', '--yes'], { cwd })).toMatchObject({ code: 0, err: '' })
  })

  it.each([
    ["Wildcast's form", 'wildcast.toml', undefined],
    ["the original's form", 'spin.toml', original],
  ])('adds each template to %s, with the default answers, and it starts (SP-CLI-3)', async (_, file, text) => {
    const cwd = text === undefined ? await project() : await folderWith(file, text)
    for (const { name } of templates) {
      const part = name === 'broker-gateway' ? 'primary' : name
      const { code, err } = await run(
        ['add', name, part, '--yes', ...(name === 'broker-gateway' ? ['--port', '0'] : [])],
        { cwd },
      )
      expect({ code, err }).toEqual({ code: 0, err: '' })
    }
    await symlink(path.resolve(import.meta.dirname, '../../node_modules'), path.join(cwd, 'node_modules'))
    const ports = await portsOf(start(['up', '--port', '0'], { cwd }), text === undefined ? 2 : 1)
    const { brokers } = (await (await fetch(`http://127.0.0.1:${ports[0]}/healthz`)).json()) as {
      brokers: { name: string }[]
    }
    expect(brokers.map(({ name }) => name)).toEqual(
      text === undefined ? ['primary', 'redis-broker', 'nats-broker', 'mqtt-broker'] : ['primary'],
    )
    const response = await fetch(`http://127.0.0.1:${ports.at(-1)}/request/hello/world`, { method: 'POST', body: 'hi' })
    expect(await response.text()).toBe('Path: hello/world, Received: hi\n')
  })

  it('reads answers from flags, and rejects invalid ones', async () => {
    const cwd = await folderWith('wildcast.toml', 'brokers.main.type = "memory"\n')
    const add = (...words: string[]) => run(['add', ...words, '--yes'], { cwd })
    expect(await add('message-component', 'a', '--topic', 'a b')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^--topic: "a b" is not a valid subject/),
    })
    expect(await readFile(path.join(cwd, 'wildcast.toml'), 'utf8')).toBe('brokers.main.type = "memory"\n')
    const flags = [
      '--broker',
      'main',
      '--topic',
      'job.>',
      '--group',
      'workers',
      '--result-broker',
      'main',
      '--result-subject',
      'done',
    ]
    expect(await add('queue-component', 'a', ...flags)).toMatchObject({ code: 0 })
    expect(await readFile(path.join(cwd, 'wildcast.toml'), 'utf8')).toBe(`brokers.main.type = "memory"

[[component]]
id = "a"
source = "components/a.js"
[component.trigger]
broker = "main"
[component.trigger.subscription.Queue]
topic = "job.>"
group = "workers"
result = { default_broker = "main", default_subject = "done" }
`)
  })

  it('overwrites nothing', async () => {
    const cwd = await project()
    const before = await readFile(path.join(cwd, 'wildcast.toml'), 'utf8')
    await writeFile(path.join(cwd, 'components/mine.js'), 'my own')
    const add = (...words: string[]) => run(['add', ...words, '--yes'], { cwd })
    expect(await add('message-component', 'mine')).toMatchObject({
      code: 1,
      err: 'components/mine.js already exists; rename it, or choose another name\n',
    })
    expect(await add('message-component', 'hello')).toMatchObject({ code: 2 })
    expect(await add('redis-broker', 'primary')).toMatchObject({
      code: 2,
      err: expect.stringContaining('defined twice'),
    })
    expect(await add('redis-broker', 'a b')).toMatchObject({
      code: 1,
      err: expect.stringContaining('is not a valid name'),
    })
    expect(await readFile(path.join(cwd, 'wildcast.toml'), 'utf8')).toBe(before)
    expect(await readFile(path.join(cwd, 'components/mine.js'), 'utf8')).toBe('my own')
  })

  it('names the file if there is no configuration', async () => {
    expect(await run(['add', 'redis-broker', 'a', '--yes'], { cwd: await folderWith('x', '') })).toMatchObject({
      code: 1,
      err: 'wildcast.toml: there is no such file; begin with "wildcast init", or name another with --config\n',
    })
    expect(
      await run(['add', 'redis-broker', 'a', '--yes'], { cwd: await folderWith('wildcast.json', '{}') }),
    ).toMatchObject({
      code: 1,
      err: 'wildcast.json: parts are added to TOML only; see docs/configuration.md for how to write them\n',
    })
  })
})
