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
