import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Client } from '@wildcast/client'
import { expect, it } from 'vitest'
import { secret, token } from '../auth/auth-relay.js'
import { clientOf } from '../client-of.js'
import { folderWith, run } from '../command.js'
import { collectMessages, startWorkers } from '../workers/start-workers.js'

// Namespaces of a relay with several workers, as users start it.

const namespace = (name: string): string => `
[brokers.${name}_main]
type = "memory"
[namespaces.${name}]
brokers = { main = "${name}_main" }
`

const toml = (...names: readonly string[]): string => `
port = 0
host = "127.0.0.1"
${names.map(namespace).join('')}
[auth.jwt]
key = "${secret}"
[roles.member]
publish = ["room.*"]
subscribe = ["room.*"]
`

it('hold at each worker, and after a reload', async () => {
  const cwd = await folderWith('wildcast.toml', toml('shop', 'blog'))
  const command = await startWorkers(['up', '--workers', '2'], { cwd })
  const open = async (name: string): Promise<Client> => {
    const theirs = await token({ wildcast: { role: 'member', namespace: name } })
    return clientOf(command, { token: () => theirs, onError: () => {} })
  }
  /** Two clients of a namespace come to the two workers, which share the broker. */
  const pair = (name: string) => Promise.all([open(name), open(name)])
  const [shop, blog] = [await pair('shop'), await pair('blog')]
  const texts = (clients: readonly Client[]) => Promise.all(clients.map((client) => collectMessages(client, 'room.*')))
  const seen = { shop: await texts(shop), blog: await texts(blog) }
  expect(new Set([...shop, ...blog].map((client) => client.welcome?.relay)).size).toBe(2)

  for (const client of blog) await client.publish('room.1', 'of the blog')
  for (const client of shop) await client.publish('room.1', 'of the shop')
  for (const [name, all] of Object.entries(seen))
    for (const one of all) await expect.poll(() => one).toEqual([`of the ${name}`, `of the ${name}`])

  await writeFile(path.join(cwd, 'wildcast.toml'), toml('shop', 'store'))
  const reloaded = await run(['reload'], { cwd, env: { TMPDIR: command.temporary } })
  expect(reloaded).toMatchObject({ code: 0, err: '' })
  const refused = { state: 'closed', reason: { code: 'forbidden' } }
  for (const client of blog) await expect.poll(() => client.status, { timeout: 30_000 }).toMatchObject(refused)
  const [store] = await pair('store')
  await store.publish('room.1', 'of the store')
  for (const client of shop) await client.publish('room.1', 'still here')
  for (const one of seen.shop)
    await expect.poll(() => one.filter((text) => text === 'still here').length, { timeout: 30_000 }).toBe(2)
  for (const one of seen.shop) expect(one).not.toContain('of the store')
})
