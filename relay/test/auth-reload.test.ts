import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { folderWith, portsOf, run, start } from './command.js'
import { temporaryFolder } from './servers/temporary-folder.js'

const toml = (guest: string): string => `port = 0
brokers.main.type = "memory"
[auth]
anonymous = "guest"
module = "auth.mjs"
[roles.guest]
publish = ["${guest}"]
`

const hooks = (allowed: string): string => `
export const authenticate = ({ token }) => (token === undefined ? { role: 'guest' } : undefined)
export const authorize = ({ subject }) => subject === '${allowed}'`

async function opened(...flags: readonly string[]) {
  const cwd = await folderWith('wildcast.toml', toml('*'))
  const write = (name: string, text: string): Promise<void> => writeFile(path.join(cwd, name), text)
  await write('auth.mjs', hooks('a'))
  const env = { TMPDIR: temporaryFolder() }
  const [port = 0] = await portsOf(start(['up', ...flags], { cwd, env }), 1)
  return {
    write,
    reload: () => run(['reload'], { cwd, env }),
    publish: async (subject: string) =>
      (await fetch(`http://127.0.0.1:${port}/publish/${subject}`, { method: 'POST' })).status,
  }
}

describe('wildcast reload', () => {
  it('loads the hooks of [auth] again, and keeps the old ones if that fails', async () => {
    const { write, reload, publish } = await opened()
    expect({ a: await publish('a'), b: await publish('b') }).toEqual({ a: 202, b: 403 })
    await write('auth.mjs', hooks('b'))
    expect(await reload()).toEqual({ code: 0, out: 'the hooks of [auth] are loaded again\n', err: '' })
    expect({ a: await publish('a'), b: await publish('b') }).toEqual({ a: 403, b: 202 })
    await write('auth.mjs', 'export const authorize = () => true')
    expect(await reload()).toMatchObject({ code: 1, err: expect.stringContaining('other hooks than before; restart') })
    await write('auth.mjs', 'broken(')
    expect(await reload()).toMatchObject({
      code: 1,
      err: expect.stringContaining('"module" in [auth] can\'t be loaded'),
    })
    expect({ a: await publish('a'), b: await publish('b') }).toEqual({ a: 403, b: 202 })
  })

  it('of one process names a change of [auth] or a role, and applies none', async () => {
    const { write, reload, publish } = await opened()
    await write('wildcast.toml', toml('other'))
    expect(await reload()).toEqual({ code: 0, out: 'nothing was applied: restart to change role "guest"\n', err: '' })
    expect(await publish('a')).toBe(202)
  })

  it('of several workers applies a change of [auth] or a role', async () => {
    const { write, reload, publish } = await opened('--workers', '2')
    expect(await publish('a')).toBe(202)
    await write('wildcast.toml', toml('other'))
    expect(await reload()).toEqual({ code: 0, out: '2 workers are replaced\n', err: '' })
    expect({ a: await publish('a'), other: await publish('other') }).toEqual({ a: 403, other: 403 })
    await write('auth.mjs', hooks('other'))
    expect(await reload()).toMatchObject({ code: 0 })
    expect(await publish('other')).toBe(202)
  })
})
