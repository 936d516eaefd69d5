import { readFileSync } from 'node:fs'
import path from 'node:path'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { folderWith, portsOf, run, says, start } from './command.js'
import { type Redis, startRedis } from './servers/redis.js'

// The example for production in docs/security.md, as its reader would follow it.

const documentation = readFileSync(path.resolve(import.meta.dirname, '../../docs/security.md'), 'utf8')
const [, example = ''] = /^```toml\n(# wildcast\.toml\n.*?)^```/ms.exec(documentation) ?? []
// This machine may have a relay already.
const toml = example.replace('127.0.0.1:3016', '127.0.0.1:0')
const secret = 'a secret of at least 32 bytes, for tests'

let redis: Redis
beforeAll(async () => {
  redis = await startRedis()
})
afterAll(() => redis.stop())

/** Runs the example, with a key made for it. */
async function opened() {
  const { out: made } = await run(['hash', '--key', 'reports', '--role', 'reports'])
  const [, key = '', hash = ''] = /^(\S+)\n[\s\S]*^hash = "(\S+)"$/m.exec(made) ?? []
  const env = { JWT_SECRET: secret, REDIS_URL: redis.url, REPORTS_HASH: hash }
  const cwd = await folderWith('wildcast.toml', toml)
  expect(await run(['check'], { cwd, env })).toMatchObject({ code: 0, err: '' })
  const child = start(['up', '--port', '0'], { cwd, env })
  let log = ''
  child.stderr?.on('data', (chunk) => {
    log += String(chunk)
  })
  const [port = 0] = await portsOf(child, 1)
  const url = `http://127.0.0.1:${port}`
  await expect.poll(async () => (await fetch(`${url}/readyz`)).status).toBe(200)
  const statusOf = async (action: string, token?: string, headers: Readonly<Record<string, string>> = {}) => {
    const [method = '', where = ''] = action.split(' ')
    const abort = new AbortController()
    const { status } = await fetch(`${url}${where}`, {
      method,
      signal: abort.signal,
      headers: {
        ...(method === 'GET' && { accept: 'text/event-stream' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...headers,
      },
    })
    abort.abort()
    return status
  }
  const tokenOf = async (...flags: readonly string[]): Promise<string> =>
    (await run(['token', ...flags], { cwd, env })).out.trim()
  return { url, key, tokenOf, statusOf, log: () => log }
}

it('lets clients without credentials read the news, and nothing else', async () => {
  const { statusOf, log } = await opened()
  const status = await statusOf('GET /subscribe/news.*')
  expect({ status, log: log() }).toEqual({ status: 200, log: '' })
  for (const action of [
    'GET /subscribe/chat.red.*',
    'GET /subscribe/**',
    'POST /publish/news.today',
    'POST /publish/a',
  ])
    expect({ action, status: await statusOf(action) }).toEqual({ action, status: 403 })
})

it('lets a member chat in its own team, under its own name', async () => {
  const { url, statusOf, tokenOf } = await opened()
  const ada = await tokenOf('--user', 'ada', '--role', 'member', '--claim', 'team=red')
  const reader = start(['sub', 'chat.red.*', '--url', url], { env: { WILDCAST_TOKEN: ada } })
  await says(reader.stderr, /subscribed/)
  expect(await statusOf('POST /publish/chat.red.ada', ada)).toBe(202)
  expect(await says(reader.stdout, /\n/)).toBe('chat.red.ada \n')
  for (const action of [
    'POST /publish/chat.red.eve',
    'POST /publish/chat.blue.ada',
    'POST /publish/news.today',
    'GET /subscribe/chat.blue.*',
    'GET /subscribe/chat.**',
    'GET /subscribe/inbox.eve.>',
  ])
    expect({ action, status: await statusOf(action, ada) }).toEqual({ action, status: 403 })
  const archivist = await tokenOf('--user', 'eve', '--role', 'member', '--claim', 'team=archive')
  expect(await statusOf('POST /publish/chat.archive.eve', archivist)).toBe(403)
})

it('lets the program with the key publish news', async () => {
  const { statusOf, key } = await opened()
  expect(await statusOf('POST /publish/news.today', key)).toBe(202)
  expect(await statusOf('POST /publish/chat.red.ada', key)).toBe(403)
  expect(await statusOf('POST /publish/news.today', `${key}x`)).toBe(401)
})

it('refuses every other token, and pages of other origins', async () => {
  const { statusOf, tokenOf } = await opened()
  const good = await tokenOf('--user', 'ada', '--role', 'member', '--claim', 'team=red')
  const signed = (claims: object, by = secret): Promise<string> =>
    new SignJWT({
      sub: 'ada',
      iss: 'https://app.example.com',
      aud: 'wildcast',
      exp: Math.floor(Date.now() / 1000) + 600,
      wildcast: { role: 'member' },
      ...claims,
    })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(Buffer.from(by))
  expect(await statusOf('GET /subscribe/news.*', await signed({}))).toBe(200)
  for (const token of [
    '',
    'x',
    `${good.slice(0, -4)}AAAA`,
    await signed({}, `${secret}!`),
    await signed({ exp: 1000 }),
    await signed({ aud: 'another' }),
    await signed({ iss: 'https://evil.example' }),
    await signed({ wildcast: { role: 'root' } }),
  ])
    expect({ token, status: await statusOf('GET /subscribe/news.*', token) }).toEqual({ token, status: 401 })
  expect(await statusOf('GET /subscribe/news.*', good, { origin: 'https://app.example.com' })).toBe(200)
  expect(await statusOf('GET /subscribe/news.*', good, { origin: 'https://evil.example' })).toBe(403)
})
