import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { readConfig, usualConfig } from './read-config.js'

/** A folder with files. */
async function folder(files: Readonly<Record<string, string>>): Promise<string> {
  const made = await mkdtemp(path.join(tmpdir(), 'wildcast-config-'))
  onTestFinished(() => rm(made, { recursive: true }))
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(made, name), text)
  return made
}

it.each([
  ['wildcast.toml', 'port = 3_016\n[brokers.main]\ntype = "memory"\n'],
  ['wildcast.json', '{"port": 3016, "brokers": {"main": {"type": "memory"}}}'],
  ['wildcast.config.mjs', 'export default { port: 3016, brokers: { main: { type: "memory" } } }'],
])('reads %s', async (name, text) => {
  expect(await readConfig(path.join(await folder({ [name]: text }), name))).toEqual({
    brokers: new Map([['main', { type: 'memory' }]]),
    gateways: [{ port: 3016, timeoutMs: 2000 }],
    bridges: [],
    components: [],
    notes: [],
  })
})

it('resolves paths from the folder of the file', async () => {
  const made = await folder({
    'a.toml':
      'static = "dist"\n[brokers.main]\ntype = "redis"\nurl = "rediss://redis"\n' +
      'password = { file = "p" }\nroot_certificate = "ca.pem"\n',
    p: 'secret\n',
  })
  await mkdir(path.join(made, 'dist'))
  const config = await readConfig(path.join(made, 'a.toml'))
  expect(config.gateways[0]?.static).toBe(path.join(made, 'dist'))
  expect(config.brokers.get('main')).toMatchObject({
    password: 'secret',
    tls: { rootCertificate: path.join(made, 'ca.pem') },
  })
})

it('names the remedy if there is no such file, or its kind is unknown', async () => {
  const made = await folder({ 'a.yaml': '' })
  await expect(readConfig(`${made}/nowhere.toml`)).rejects.toThrow(
    `${made}/nowhere.toml: there is no such file; create it, or name another with --config`,
  )
  await expect(readConfig(`${made}/a.yaml`)).rejects.toThrow(
    `${made}/a.yaml: a configuration ends in .toml, .json, .js, .mjs or .ts; name another file`,
  )
  await expect(readConfig(made)).rejects.toThrow(`${made}: this file can't be read (EISDIR)`)
})

it('finds the configuration of a folder by the usual names', async () => {
  expect(usualConfig(await folder({ 'spin.toml': '', 'wildcast.config.ts': '' }))).toBe('wildcast.config.ts')
  expect(usualConfig(await folder({ 'spin.toml': '' }))).toBe('spin.toml')
  expect(usualConfig(await folder({}))).toBe('wildcast.toml')
})
