import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { secret, token } from '../auth/auth-relay.js'
import { clientOf } from '../client-of.js'
import { folderWith, portsOf, run, start } from '../command.js'
import { freePort } from '../servers/free-port.js'
import { temporaryFolder } from '../servers/temporary-folder.js'

const namespace = (name: string): string => `
[brokers.${name}_main]
type = "memory"
[namespaces.${name}]
brokers = { main = "${name}_main" }
`

const roles = `
[auth.jwt]
key = "${secret}"
[roles.member]
publish = ["main:room.*"]
subscribe = ["main:room.*"]
`

/** A relay with the admin port and some namespaces. */
async function opened(...names: readonly string[]) {
  const admin = await freePort()
  const toml = (all: readonly string[]): string =>
    `port = 0\nhost = "127.0.0.1"\nadmin = "127.0.0.1:${admin}"\n${all.map(namespace).join('')}${roles}`
  const cwd = await folderWith('wildcast.toml', toml(names))
  const surroundings = { cwd, env: { TMPDIR: temporaryFolder() } }
  const command = (...args: readonly string[]) => run(args, surroundings)
  const write = (...all: readonly string[]): Promise<void> => writeFile(path.join(cwd, 'wildcast.toml'), toml(all))
  return { command, write, admin, up: () => start(['up'], surroundings) }
}

const tokenOf = (name: string): Promise<string> => token({ wildcast: { role: 'member', namespace: name } })

describe('wildcast with namespaces', () => {
  it('reloads them without a dropped client of others', async () => {
    const { command, write, admin, up } = await opened('shop', 'blog')
    const [port = 0] = await portsOf(up(), 1)
    const relay = { address: `127.0.0.1:${port}` }
    const clients = { shop: await tokenOf('shop'), blog: await tokenOf('blog') }
    const shop = clientOf(relay, { token: () => clients.shop, onError: () => {} })
    const blog = clientOf(relay, { token: () => clients.blog, onError: () => {} })
    const seen = shop.subscribe('room.*')
    await Promise.all([seen.ready, blog.publish('room.1', '')])
    const { relay: id, session } = shop.welcome ?? {}

    await write('shop', 'store')
    expect(await command('reload')).toEqual({
      code: 0,
      out: 'namespace "store" is open\nnamespace "blog" is closed\n',
      err: '',
    })
    const refused = { state: 'closed', reason: { code: 'forbidden' } }
    await expect.poll(() => blog.status, { timeout: 30_000 }).toMatchObject(refused)
    const theirs = await tokenOf('store')
    await clientOf(relay, { token: () => theirs, onError: () => {} }).publish('room.1', 'in the store')
    await shop.publish('room.1', 'still here')
    for await (const message of seen) {
      expect(message.text()).toBe('still here')
      break
    }
    expect(shop.welcome).toMatchObject({ relay: id, session })

    const { out } = await command('ls', '--namespace', 'shop')
    expect(out).toMatch(/^SESSION +NAMESPACE +USER/)
    expect(out).toMatch(/^\S+ +shop +ada/m)
    expect(out).not.toContain('store')
    const metrics = await fetch(`http://127.0.0.1:${admin}/metrics`)
    expect(await metrics.text()).toContain('wildcast_published_total{broker="shop_main"} 1')
    expect((await fetch(`http://${relay.address}/metrics`)).status).toBe(404)
    const ready = await fetch(`http://${relay.address}/readyz`)
    expect(await ready.json()).toMatchObject({ brokers: [], parts: [{ name: 'the namespaces', status: 'up' }] })

    expect(await command('disconnect', 'ada', '--namespace', 'store')).toMatchObject({
      out: expect.stringMatching(/^1 session ended here/),
    })
  })

  it('answers for a namespace: check, token and can-i', async () => {
    const { command } = await opened('shop', 'blog')
    expect((await command('check')).out).toContain(', 2 namespaces')
    const signed = await command('token', '--user', 'ada', '--role', 'member', '--namespace', 'shop')
    expect(signed).toMatchObject({ code: 0, err: '' })
    const may = (...flags: readonly string[]) => command('can-i', 'publish', 'room.1', ...flags)
    expect((await may('--token', signed.out.trim())).out).toBe('yes\n')
    expect((await may('--token', signed.out.trim(), '--namespace', 'blog')).out).toMatch(/^no: .*namespace "shop"/)
    expect((await may('--user', 'ada', '--role', 'member', '--namespace', 'blog')).out).toBe('yes\n')
    expect((await may('--user', 'ada', '--role', 'member')).out).toMatch(/^no: .*all brokers .* belong to namespaces/)
    expect(await command('token', '--user', 'ada', '--namespace', 'store')).toMatchObject({
      code: 1,
      err: expect.stringContaining('has no namespace "store"; add [namespaces.store]'),
    })
  })
})
