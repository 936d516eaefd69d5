import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, it } from 'vitest'
import { folderWith, run, says, start } from './command.js'

it('a misspelt key of --broker is reported with the nearest one', async () => {
  for (const [query, wanted] of [
    ['Redsi=redis://a', /did you mean "Redis"\?/],
    ['Nats[adresses][0]=a', /did you mean "addresses"\?/],
    ['InMemoryBrokr', /did you mean "InMemoryBroker"\?/],
  ] as const)
    expect((await run(['gateway', '--broker', query])).err).toMatch(wanted)
})

it('up logs the line in which a component failed', async () => {
  const cwd = await folderWith(
    'wildcast.toml',
    'port = 0\nbrokers.main.type = "memory"\n' +
      '[[component]]\nid = "one"\nsource = "one.mjs"\ntrigger.subscription.Topic.topic = "a"\n',
  )
  await writeFile(path.join(cwd, 'one.mjs'), "export default () => {\n  throw new Error('over a message')\n}\n")
  const child = start(['up'], { cwd })
  const [, port] = /:(\d+)/.exec(await says(child.stdout, /Wildcast is up.*\n/)) ?? []
  await fetch(`http://127.0.0.1:${port}/publish/a`, { method: 'POST' })
  await says(child.stderr, /component \\"one\\": one\.mjs:2: over a message/)
})

it('up reports the line that keeps the hooks of [auth] from being loaded', async () => {
  const cwd = await folderWith('wildcast.toml', 'port = 0\nbrokers.main.type = "memory"\nauth.module = "auth.mjs"\n')
  await writeFile(path.join(cwd, 'auth.mjs'), "const a = 1\nthrow new Error('at once')\n")
  const { code, out, err } = await run(['up'], { cwd })
  expect({ code, out, err }).toEqual({
    code: 1,
    out: '',
    err: 'auth.mjs:2: "module" in [auth] can\'t be loaded: at once\n',
  })
})

it('up notes that every client may do everything, unless [auth] is there', async () => {
  const toml = 'port = 0\nbrokers.main.type = "memory"\n'
  const noted = 'every client may do everything; a wildcast.toml with [auth] changes that\n'
  for (const [config, wanted] of [
    [toml, noted],
    [`${toml}[auth]\n`, ''],
    [`${toml}[auth]\n[roles.guest]\nsubscribe = ["a"]\n`, ''],
  ] as const) {
    const child = start(['up'], { cwd: await folderWith('wildcast.toml', config) })
    let err = ''
    child.stderr?.on('data', (chunk) => {
      err += String(chunk)
    })
    await says(child.stdout, /Wildcast is up.*\n/)
    const ended = once(child, 'close')
    child.kill('SIGTERM')
    await ended
    expect(err).toBe(wanted)
  }
})
