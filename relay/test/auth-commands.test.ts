import { spawn } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { decodeJwt } from 'jose'
import { describe, expect, it, onTestFinished } from 'vitest'
import { hasHash } from '../src/auth/scrypt.js'
import { folderWith, portsOf, run, says, start, wildcast } from './command.js'

const secret = 'a secret of at least 32 bytes, for tests'
const env = { JWT_SECRET: secret }

const toml = `port = 0
[brokers.main]
type = "memory"
[auth]
[auth.jwt]
key = "\${JWT_SECRET}"
issuer = "us"
audience = "relay"
[roles.viewer]
publish = ["room.{user}.*", "team.{claim.team}"]
subscribe = ["room.*.*"]
request = ["POST.orders"]
`

/** A folder with a configuration, and a command that runs in it. */
async function project(config = toml, files: Readonly<Record<string, string>> = {}) {
  const cwd = await folderWith('wildcast.toml', config)
  for (const [name, content] of Object.entries(files)) await writeFile(path.join(cwd, name), content)
  return (args: readonly string[], more: Readonly<Record<string, string>> = {}) =>
    run(args, { cwd, env: { ...env, ...more } })
}

describe('wildcast hash', () => {
  it('prints the hash of a password on standard input, and the table of a user', async () => {
    const { code, out, err } = await run(['hash'], { stdin: 'open sesame\n' })
    expect({ code, err, fits: await hasHash('open sesame', out.trim()) }).toEqual({ code: 0, err: '', fits: true })
    const { out: table } = await run(['hash', 'ada', '--role', 'admin'], { stdin: 'open sesame' })
    expect(table).toMatch(/^\[auth\.users\.ada\]\npassword = "\$scrypt\$\S+"\nrole = "admin"\n$/)
    expect(table).not.toContain('sesame')
  })

  it('makes a key, whose hash belongs to its secret', async () => {
    const { out, err } = await run(['hash', '--key', 'robot'])
    const [, secret = '', hash = ''] = /^robot\.([\w-]{32})\n\n\[auth\.keys\.robot\]\nhash = "(\S+)"\n/.exec(out) ?? []
    expect(out).toMatch(/\nrole = "" {3}# write the name of one of your \[roles\]\n$/)
    expect(await hasHash(secret, hash)).toBe(true)
    expect(err).toContain('shown only now')
  })

  it('refuses an empty password, a name that no configuration allows, and a user with a key', async () => {
    expect(await run(['hash'])).toMatchObject({ code: 1, err: expect.stringContaining('the password is empty') })
    expect(await run(['hash', 'a.b'])).toMatchObject({ code: 2, err: expect.stringContaining('Allowed: a letter') })
    expect(await run(['hash', 'ada', '--key', 'b'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('not both'),
    })
  })

  it('asks a terminal twice, and shows no character of the password', async () => {
    const terminal = spawn('script', ['-qfec', `${process.execPath} ${wildcast} hash`, '/dev/null'])
    onTestFinished(() => void terminal.kill('SIGKILL'))
    const shown = text(terminal.stdout)
    terminal.stdout.on('data', (chunk) => {
      if (String(chunk).includes('Password: ')) terminal.stdin.write('opem\u007fn sesame\r')
      if (String(chunk).includes('Again: ')) terminal.stdin.write('open sesame\r')
    })
    const hash = /\$scrypt\S+/.exec(await shown)?.[0] ?? ''
    expect({ fits: await hasHash('open sesame', hash), isShown: (await shown).includes('sesame') }).toEqual({
      fits: true,
      isShown: false,
    })
  })
})

describe('wildcast token', () => {
  it('signs a token that the relay accepts', async () => {
    const wildcast = await project()
    const signed = ['token', '--user', 'ada', '--role', 'viewer', '--expires', '2h', '--claim', 'team=red']
    const { code, out } = await wildcast([...signed, '--claim', 'level=3'])
    const { iat = 0, exp = 0, ...claims } = decodeJwt(out.trim())
    expect({ code, seconds: exp - iat }).toEqual({ code: 0, seconds: 7200 })
    expect(claims).toEqual({ sub: 'ada', iss: 'us', aud: 'relay', team: 'red', level: 3, wildcast: { role: 'viewer' } })
    expect(await wildcast(['can-i', 'publish', 'team.red', '--token', out.trim()])).toMatchObject({ code: 0 })
  })

  const publicKey = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' })
  const withKey = (line: string): string => `brokers.main.type = "memory"\n[auth.jwt]\n${line}\n`

  it.each([
    ['a public key', withKey(`key = """${publicKey}"""`), '"key" in [auth.jwt] is a public key, which can\'t sign'],
    ['a key set', withKey(`jwks = '{"keys":[]}'`), '"jwks" in [auth.jwt] has public keys, which can\'t sign'],
    ['no [auth.jwt]', 'brokers.main.type = "memory"\n[auth]\n', '[auth.jwt] is missing; add it'],
    ['no [auth]', 'brokers.main.type = "memory"\n', 'has no [auth], so its relay checks no tokens'],
  ])('names the remedy for %s', async (_, config, wanted) => {
    const wildcast = await project(config)
    expect(await wildcast(['token', '--user', 'ada'])).toMatchObject({ code: 1, err: expect.stringContaining(wanted) })
  })

  it('refuses what the relay would refuse, and claims that have a flag', async () => {
    const wildcast = await project()
    expect(await wildcast(['token', '--user', 'ada', '--role', 'root'])).toMatchObject({
      code: 1,
      err: 'the relay would refuse this token: there is no role "root"; there are the roles viewer\n',
    })
    expect((await wildcast(['token', '--help'])).out).toMatch(/--expires <time>.*\(default: 1h\)/s)
    expect(await wildcast(['token', '--user', 'ada', '--claim', 'sub=eve'])).toMatchObject({ code: 2 })
    expect(await wildcast(['token', '--user', 'ada', '--expires', '1y'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('such as 1h'),
    })
  })
})

describe('wildcast can-i', () => {
  it.each([
    [['publish', 'room.ada.1', '--user', 'ada', '--role', 'viewer'], 0, 'yes\n'],
    [['request', 'POST.orders', '--role', 'viewer'], 0, 'yes\n'],
    [['publish', 'team.red', '--user', 'ada', '--role', 'viewer', '--claim', 'team=red'], 0, 'yes\n'],
    [
      ['publish', 'room.eve.1', '--user', 'ada', '--role', 'viewer'],
      1,
      /^no: no publish rule of role "viewer" covers it; add publish = \["main:room\.eve\.1"\]\n$/,
    ],
    [['publish', 'main:room.ada.1', '--user', 'ada', '--role', 'viewer'], 0, 'yes\n'],
    [['publish', '*:room.ada.1', '--user', 'ada', '--role', 'viewer'], 0, 'yes\n'],
    [
      ['publish', 'urn:room.ada.1', '--user', 'ada', '--role', 'viewer'],
      1,
      /add publish = \["main:urn:room\.ada\.1"\]/,
    ],
    [
      ['publish', 'team.red', '--user', 'ada', '--role', 'viewer'],
      1,
      /^no: publish "team\.\{claim\.team\}" of role "viewer" allows nothing: .* no claim "team" .*--claim team=…\)\n$/,
    ],
    [['subscribe', 'hall.>', '--role', 'viewer'], 1, /add subscribe = \["main:hall\.>"\]\n$/],
    [['subscribe', 'room.**', '--user', 'ada', '--role', 'viewer'], 1, /^no: no subscribe rule of role "viewer"/],
    [['publish', '$SYS.a', '--user', 'ada', '--role', 'viewer'], 1, /^no: /],
    [['publish', 'room.ada.1', '--role', 'viewer', '--broker', 'other'], 1, /^no: there is no broker of that name/],
    [['publish', 'room.ada.1', '--role', 'root'], 1, 'no: the credentials are refused: there is no role "root"\n'],
    [['publish', 'room.ada.1'], 1, 'no: the credentials are refused: there are no credentials\n'],
    [['publish', 'a', '--token', 'a.b.c'], 1, /^no: the credentials are refused: /],
  ])('%j exits with %i', async (args, code, answer) => {
    const wildcast = await project()
    expect(await wildcast(['can-i', ...args])).toEqual({ code, out: expect.stringMatching(answer), err: '' })
  })

  it('uses the hooks of the configuration, which may keep a process alive', async () => {
    const hooks = `
      setInterval(() => {}, 1000)
      export const authenticate = ({ token }) => token === 'opaque' ? { user: 'ada', role: 'viewer' } : undefined
      export const authorize = ({ subject }) => !subject.endsWith('secret')`
    const wildcast = await project(toml.replace('[auth]', '[auth]\nmodule = "auth.mjs"'), { 'auth.mjs': hooks })
    const token = { WILDCAST_TOKEN: 'opaque' }
    expect(await wildcast(['can-i', 'publish', 'room.ada.1'], token)).toMatchObject({ code: 0, out: 'yes\n' })
    expect(await wildcast(['can-i', 'publish', 'room.ada.secret'], token)).toMatchObject({
      code: 1,
      out: 'no: authorize denies it\n',
    })
  })

  it('answers yes without [auth], and notes it', async () => {
    const wildcast = await project('brokers.main.type = "memory"\n')
    expect(await wildcast(['can-i', 'publish', 'a'])).toEqual({
      code: 0,
      out: 'yes\n',
      err: 'wildcast.toml has no [auth]: every client may do everything\n',
    })
  })
})

describe('a relay with [auth]', () => {
  async function opened() {
    const cwd = await folderWith('wildcast.toml', toml)
    const child = start(['up'], { cwd, env })
    const [port = 0] = await portsOf(child, 1)
    let log = ''
    child.stderr?.on('data', (chunk) => {
      log += String(chunk)
    })
    const { out } = await run(['token', '--user', 'ada', '--role', 'viewer'], { cwd, env })
    return { url: ['--url', `ws://127.0.0.1:${port}`], token: out.trim(), port, log: () => log }
  }

  it('serves sub, pub and request by their token, from the variable and the flag', async () => {
    const { url, token } = await opened()
    const child = start(['sub', 'room.*.*', ...url], { env: { WILDCAST_TOKEN: token } })
    await says(child.stderr, /subscribed/)
    expect(await run(['pub', 'room.ada.1', 'hi', ...url, '--token', token])).toEqual({ code: 0, out: '', err: '' })
    expect(await says(child.stdout, /\n/)).toBe('room.ada.1 hi\n')
    expect(await run(['pub', 'room.eve.1', 'hi', ...url], { env: { WILDCAST_TOKEN: token } })).toMatchObject({
      code: 1,
      err: expect.stringContaining('forbidden: you may not publish "room.eve.1"; ask for the permission'),
    })
    expect(await run(['request', 'POST.orders', ...url, '--token', token])).toMatchObject({
      err: expect.stringContaining('no_responders'),
    })
  })

  it('answers can-i --url for the client of a token', async () => {
    const { url, token } = await opened()
    const ask = (...args: readonly string[]) => run(['can-i', ...args, ...url], { env: { WILDCAST_TOKEN: token } })
    expect(await ask('publish', 'room.ada.1')).toEqual({ code: 0, out: 'yes\n', err: '' })
    expect(await ask('publish', 'main:room.ada.1')).toEqual({ code: 0, out: 'yes\n', err: '' })
    expect(await ask('publish', 'room.eve.1')).toMatchObject({ code: 1, out: expect.stringMatching(/^no: .*explain/) })
    expect(await ask('publish', 'a', '--user', 'ada')).toMatchObject({
      code: 2,
      err: expect.stringContaining('--user'),
    })
    expect(await run(['can-i', 'publish', 'a', ...url])).toMatchObject({
      code: 1,
      err: expect.stringContaining('unauthorized'),
    })
  })

  it('logs why it refuses a client, and no token', async () => {
    const { url, token, port, log } = await opened()
    const forged = `${token.slice(0, -8)}AAAAAAAA`
    for (const args of [
      ['pub', 'room.ada.1', 'hi'],
      ['sub', 'room.*.*'],
      ['request', 'POST.orders'],
    ])
      expect(await run([...args, ...url], { env: { WILDCAST_TOKEN: forged } })).toMatchObject({
        code: 1,
        err: expect.stringContaining('unauthorized: these credentials are not valid; sign in again'),
      })
    const { status } = await fetch(`http://127.0.0.1:${port}/publish/room.ada.1`, { method: 'POST' })
    expect(status).toBe(401)
    await expect.poll(log).toContain('there are no credentials')
    const [line = ''] = log().split('\n')
    expect(JSON.parse(line)).toMatchObject({
      stage: 'authenticate',
      code: 'unauthorized',
      msg: 'the signature of the token does not fit the configured key',
    })
    for (const hidden of [forged, forged.split('.')[1] ?? '', secret]) expect(log()).not.toContain(hidden)
  })
})
