import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import path from 'node:path'
import { createUser } from 'nkeys.js'
import { beforeAll, describe, expect, it } from 'vitest'
import { natsAddressOf } from '../../src/brokers/nats/address.js'
import { greeting } from '../../src/brokers/nats/greeting.js'
import { nats } from '../../src/brokers/nats.js'
import type { NatsAuth } from '../../src/brokers/settings.js'
import { newId, realClock } from '../../src/index.js'
import { endsWithTest } from '../servers/ends-with-test.js'
import { freePort } from '../servers/free-port.js'
import { type Nats, startNats } from '../servers/nats.js'
import { openProxy } from '../servers/tcp-proxy.js'
import { temporaryFolder } from '../servers/temporary-folder.js'
import { natsAccounts } from './nats-accounts.js'
import { linked, opened, whyDown } from './nats-link.js'

describe('an address', () => {
  let server: Nats
  beforeAll(async () => {
    server = await startNats()
    return server.stop
  })

  it.each([
    ['host:port', (port: number) => `127.0.0.1:${port}`],
    ['nats://host:port', (port: number) => `nats://localhost:${port}`],
  ])('may be %s', async (_, address) => {
    expect(await linked({ addresses: [address(server.port)] })).toEqual(['up'])
  })

  it('is one of several, which are tried in turn', async () => {
    expect(await linked({ addresses: [`127.0.0.1:${await freePort()}`, server.url] })).toEqual(['up'])
  })

  it('that refuses the connection is reported, each with its reason', async () => {
    const [first, second] = [await freePort(), await freePort()]
    const refused = 'refused the connection: start the server, or look at "addresses"'
    expect(await whyDown({ addresses: [`127.0.0.1:${first}`, `127.0.0.1:${second}`] })).toBe(
      `NATS at 127.0.0.1:${first} ${refused}. NATS at 127.0.0.1:${second} ${refused}`,
    )
  })

  it('with an unknown host is reported', async () => {
    expect(await whyDown({ addresses: ['nowhere.invalid'] })).toBe(
      'the host of NATS at nowhere.invalid:4222 is unknown: look at "addresses"',
    )
  })

  it.each([
    ['-ERR unknown command\r\n', 'is not a NATS server'],
    ['HTTP/1.1 400 Bad Request\r\n\r\n', 'is not a NATS server'],
    ['', 'closed the connection without a greeting'],
  ])('of another server that sends %j is reported', async (sent, reason) => {
    const other = createServer((socket) => socket.on('error', () => {}).end(sent))
    const port = await freePort()
    endsWithTest(other.listen(port, '127.0.0.1'))
    await once(other, 'listening')
    expect(await whyDown({ addresses: [`127.0.0.1:${port}`] })).toBe(`NATS at 127.0.0.1:${port} ${reason}`)
  })

  it('of a server that accepts and stays silent times out, and its connection is closed', async () => {
    const silent = createServer((socket) => socket.on('error', () => {}).resume())
    const port = await freePort()
    endsWithTest(silent.listen(port, '127.0.0.1'))
    await once(silent, 'listening')
    const [socket] = await Promise.all([
      once(silent, 'connection') as Promise<[Socket]>,
      expect(greeting(natsAddressOf(`127.0.0.1:${port}`), realClock, 50)).rejects.toThrow(
        'did not answer within 50 ms',
      ),
    ])
    await expect.poll(() => socket[0].destroyed).toBe(true)
  })

  it('with another scheme is refused, and its password is not quoted', async () => {
    const open = nats({ addresses: ['http://me:secret@localhost'] }, { clock: realClock, newId })
    const error = await open({ status: () => {}, dropped: () => {} }).catch((cause: unknown) => cause)
    expect(error).toBeInstanceOf(RangeError)
    expect(String(error)).not.toContain('secret')
  })
})

it('reports that a server is full', async () => {
  const server = endsWithTest(await startNats({ config: 'max_connections: 1' }))
  expect(await linked({ addresses: [server.url] })).toEqual(['up'])
  expect(await whyDown({ addresses: [server.url] })).toContain('maximum connections exceeded')
})

it('shows its name in the monitoring of the server (SP-BRK-8)', async () => {
  const server = endsWithTest(await startNats())
  await linked({ addresses: [server.url], clientName: 'relay "7" ü' })
  const shown = await (await fetch(`${server.monitor}/connz`)).json()
  expect(shown).toMatchObject({ num_connections: 1, connections: [{ name: 'relay "7" ü' }] })
})

it('detects a half-open link by its pings, and reconnects (N1, SP-BRK-8)', async () => {
  const server = endsWithTest(await startNats())
  const proxy = endsWithTest(await openProxy(server.port))
  const events = await linked({ addresses: [`127.0.0.1:${proxy.port}`], pingIntervalMs: 200 })
  proxy.stall()
  await expect.poll(() => events).toContain('no sign of life for 400 ms; trying to connect again')
  proxy.flow()
  await expect.poll(() => events.at(-1)).toBe('up')
})

describe('authentication (SP-BRK-8)', () => {
  const folder = temporaryFolder()

  function file(content: string): string {
    const name = path.join(folder, newId())
    writeFileSync(name, content)
    return name
  }

  async function at(config: string, auth: NatsAuth | undefined): Promise<string[]> {
    const server = endsWithTest(await startNats({ config }))
    return linked({ addresses: [server.url], ...(auth ? { auth } : {}) })
  }

  const user = createUser()
  const seed = new TextDecoder().decode(user.getSeed())
  const unknownSeed = new TextDecoder().decode(createUser().getSeed())
  const { config: accounts, issueUser } = natsAccounts()
  const { issueUser: issueElsewhere } = natsAccounts()
  const ours = issueUser()
  const theirs = issueElsewhere()
  const token = 'authorization { token: "secret token" }'
  const password = 'authorization { users: [{ user: "me:ü", password: "secret/@ word" }] }'
  const nkey = `authorization { users: [{ nkey: ${user.getPublicKey()} }] }`

  it.each<[string, string, NatsAuth]>([
    ['a token', token, { kind: 'token', token: 'secret token' }],
    ['a password', password, { kind: 'user', user: 'me:ü', password: 'secret/@ word' }],
    ['an NKey', nkey, { kind: 'nkey', seed }],
    ['a JWT', accounts, { kind: 'jwt', seed: ours.seed, jwt: ours.jwt }],
    ['a credentials file', accounts, { kind: 'credentialsFile', path: file(ours.credentials) }],
    ['credentials', accounts, { kind: 'credentials', text: ours.credentials.trim() }],
    [
      'credentials with the line ends of Windows',
      accounts,
      { kind: 'credentials', text: ours.credentials.replaceAll('\n', '\r\n') },
    ],
  ])('uses %s', async (_, config, auth) => {
    expect(await at(config, auth)).toEqual(['up'])
  })

  it.each<[string, string, NatsAuth | undefined, string]>([
    ['no credentials when a token is required', token, undefined, 'requires credentials: set "auth"'],
    ['no credentials when a JWT is required', accounts, undefined, 'requires credentials: set "auth"'],
    ['a wrong token', token, { kind: 'token', token: 'wrong' }, 'refused the token: look at "auth"'],
    [
      'a wrong password',
      password,
      { kind: 'user', user: 'me:ü', password: 'wrong' },
      'refused the user or the password: look at "auth"',
    ],
    ['an unknown NKey', nkey, { kind: 'nkey', seed: unknownSeed }, 'refused the NKey: look at "auth"'],
    [
      'a JWT of another operator',
      accounts,
      { kind: 'jwt', seed: theirs.seed, jwt: theirs.jwt },
      'refused the credentials: look at "auth"',
    ],
    [
      "a JWT with another user's seed",
      accounts,
      { kind: 'jwt', seed: unknownSeed, jwt: ours.jwt },
      'refused the credentials: look at "auth"',
    ],
    [
      'credentials of another operator',
      accounts,
      { kind: 'credentials', text: theirs.credentials },
      'refused the credentials: look at "auth"',
    ],
  ])('fails with %s', async (_, config, auth, reason) => {
    const [events] = await at(config, auth)
    expect(events).toMatch(/^NATS at 127\.0\.0\.1:\d+ /)
    expect(events?.replace(/^NATS at \S+ /, '')).toBe(reason)
  })

  it('reads the credentials file at each connection', async () => {
    const server = endsWithTest(await startNats({ config: accounts }))
    const credentials = file(theirs.credentials)
    const events = await linked({ addresses: [server.url], auth: { kind: 'credentialsFile', path: credentials } })
    expect(events.join()).toContain(`refused the credentials: look at "auth", and at ${credentials}`)
    writeFileSync(credentials, ours.credentials)
    await expect.poll(() => events.at(-1)).toBe('up')
  })

  it('fails while the credentials file is missing', async () => {
    const missing = path.join(folder, 'missing.creds')
    expect(await at(accounts, { kind: 'credentialsFile', path: missing })).toEqual([
      `can't read ${missing} (ENOENT): look at "auth"`,
    ])
  })

  it('reports credentials that expire while the link is up (B4, B10)', async () => {
    const server = endsWithTest(await startNats({ config: accounts }))
    const linkedFor = async (seconds: number): Promise<readonly string[]> => {
      const { credentials: text } = issueUser(Math.ceil(realClock.wall() / 1000) + seconds)
      return (await opened({ addresses: [server.url], auth: { kind: 'credentials', text } })).events
    }
    // A slow machine takes longer than a second to connect.
    let events: readonly string[] = []
    for (let seconds = 1; events[0] !== 'up'; seconds *= 2) events = await linkedFor(seconds)
    await expect.poll(() => events[1]).toContain('the credentials for the server have expired: renew them')
  })

  it('uses credentials in the address, which are not quoted', async () => {
    const server = endsWithTest(await startNats({ config: 'authorization { user: me, password: secret }' }))
    expect(await linked({ addresses: [`nats://me:secret@127.0.0.1:${server.port}`] })).toEqual(['up'])
    const events = await whyDown({ addresses: [`nats://me:wrong-secret@127.0.0.1:${server.port}`] })
    expect(events).toContain('refused the user or the password')
    expect(events).not.toContain('secret')
  })
})
