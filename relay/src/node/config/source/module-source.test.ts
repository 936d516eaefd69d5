import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { moduleSource } from './module-source.js'

const typed = 'const port: number = 3005\nexport default { port } satisfies object\n'

/** A file in its own folder, outside every project. */
async function file(name: string, text: string): Promise<string> {
  const folder = await realpath(await mkdtemp(path.join(tmpdir(), 'wildcast-config-')))
  onTestFinished(() => rm(folder, { recursive: true }))
  await writeFile(path.join(folder, name), text)
  return path.join(folder, name)
}

async function installJiti(beside: string): Promise<void> {
  const modules = path.join(path.dirname(beside), 'node_modules')
  const [installed = ''] = /^.*node_modules\/jiti/.exec(createRequire(import.meta.url).resolve('jiti')) ?? []
  await mkdir(modules)
  await symlink(installed, path.join(modules, 'jiti'))
}

it.each(['wildcast.config.js', 'wildcast.config.mjs'])('loads the default export of %s', async (name) => {
  const found = await moduleSource(await file(name, 'export default { port: 3000 + 5 }'), name)
  expect(found.value).toEqual({ port: 3005 })
  expect(found.lineOf(['port'])).toBeUndefined()
})

it.each(['wildcast.config.ts', 'wildcast.config.mts'])('loads %s with the jiti beside it', async (name) => {
  const config = await file(name, typed)
  await installJiti(config)
  expect((await moduleSource(config, name, false)).value).toEqual({ port: 3005 })
})

it('names the remedy if TypeScript can not be read', async () => {
  await expect(moduleSource(await file('wildcast.config.ts', typed), 'wildcast.config.ts', false)).rejects.toThrow(
    /^wildcast\.config\.ts: Node \S+ can't read TypeScript by itself; install jiti beside it .*, or write it as \.js$/,
  )
})

it.each([
  ['export const port = 1', 'wildcast.config.mjs: this module has no default export; write export default { … }'],
  ['throw new Error("no such luck")', 'wildcast.config.mjs: this module could not be loaded: no such luck'],
])('describes in one sentence what is wrong with %s', async (text, message) => {
  await expect(moduleSource(await file('wildcast.config.mjs', text), 'wildcast.config.mjs')).rejects.toThrow(
    expect.objectContaining({ name: 'ConfigError', message }),
  )
})
