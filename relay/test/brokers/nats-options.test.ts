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

  it('where nobody listens is told, each with its reason', async () => {
    const [first, second] = [await freePort(), await freePort()]
    const refused = 'refused the connection: start the server, or look at "addresses"'
    expect(await whyDown({ addresses: [`127.0.0.1:${first}`, `127.0.0.1:${second}`] })).toBe(
      `NATS at 127.0.0.1:${first} ${refused}. NATS at 127.0.0.1:${second} ${refused}`,
    )
  })

  it('without a host of that name is told', async () => {
    expect(await whyDown({ addresses: ['nowhere.invalid'] })).toBe(
      'the host of NATS at nowhere.invalid:4222 is unknown: look at "addresses"',
    )
  })

  it.each([
    ['-ERR unknown command\r\n', 'is not a NATS server'],
    ['HTTP/1.1 400 Bad Request\r\n\r\n', 'is not a NATS server'],
    ['', 'closed the connection without a greeting'],
  ])('of something else that says %j is told', async (says, reason) => {
    const other = createServer((socket) => socket.on('error', () => {}).end(says))
    const port = await freePort()
    endsWithTest(other.listen(port, '127.0.0.1'))
    await once(other, 'listening')
    expect(await whyDown({ addresses: [`127.0.0.1:${port}`] })).toBe(`NATS at 127.0.0.1:${port} ${reason}`)
  })

  it('of somebody who takes the call and stays silent is left, and the call is over', async () => {
    const silent = createServer((socket) => socket.on('error', () => {}).resume())
    const port = await freePort()
    endsWithTest(silent.listen(port, '127.0.0.1'))
    await once(silent, 'listening')
    const [called] = await Promise.all([
      once(silent, 'connection') as Promise<[Socket]>,
      expect(greeting(natsAddressOf(`127.0.0.1:${port}`), realClock, 50)).rejects.toThrow(
        'did not answer within 50 ms',
      ),
    ])
    await expect.poll(() => called[0].destroyed).toBe(true)
  })

  it('is none with another scheme, and its password is not shown', async () => {
    const open = nats({ addresses: ['http://me:secret@localhost'] }, { clock: realClock, newId })
    const error = await open({ status: () => {}, dropped: () => {} }).catch((cause: unknown) => cause)
    expect(error).toBeInstanceOf(RangeError)
    expect(String(error)).not.toContain('secret')
  })
})

it('says that a server is full', async () => {
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

it('notices by its pings that a link is half-open, and comes back (N1, SP-BRK-8)', async () => {
  const server = endsWithTest(await startNats())
  const proxy = endsWithTest(await openProxy(server.port))
  const said = await linked({ addresses: [`127.0.0.1:${proxy.port}`], pingIntervalMs: 200 })
  proxy.stall()
  await expect.poll(() => said).toContain('no sign of life for 400 ms; trying to connect again')
  proxy.flow()
  await expect.poll(() => said.at(-1)).toBe('up')
})

describe('who the relay is (SP-BRK-8)', () => {
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
  const strange = new TextDecoder().decode(createUser().getSeed())
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
  ])('is shown by %s', async (_, config, auth) => {
    expect(await at(config, auth)).toEqual(['up'])
  })

  it.each<[string, string, NatsAuth | undefined, string]>([
    ['nothing where a token is asked for', token, undefined, 'requires credentials: set "auth"'],
    ['nothing where a JWT is asked for', accounts, undefined, 'requires credentials: set "auth"'],
    ['a wrong token', token, { kind: 'token', token: 'wrong' }, 'refused the token: look at "auth"'],
    [
      'a wrong password',
      password,
      { kind: 'user', user: 'me:ü', password: 'wrong' },
      'refused the user or the password: look at "auth"',
    ],
    ['an unknown NKey', nkey, { kind: 'nkey', seed: strange }, 'refused the NKey: look at "auth"'],
    [
      'a JWT of another operator',
      accounts,
      { kind: 'jwt', seed: theirs.seed, jwt: theirs.jwt },
      'refused the credentials: look at "auth"',
    ],
    [
      "a JWT with somebody else's seed",
      accounts,
      { kind: 'jwt', seed: strange, jwt: ours.jwt },
      'refused the credentials: look at "auth"',
    ],
    [
      'credentials of another operator',
      accounts,
      { kind: 'credentials', text: theirs.credentials },
      'refused the credentials: look at "auth"',
    ],
  ])('is refused with %s', async (_, config, auth, reason) => {
    const [said] = await at(config, auth)
    expect(said).toMatch(/^NATS at 127\.0\.0\.1:\d+ /)
    expect(said?.replace(/^NATS at \S+ /, '')).toBe(reason)
  })

  it('is read from the credentials file as it is at each connection', async () => {
    const server = endsWithTest(await startNats({ config: accounts }))
    const credentials = file(theirs.credentials)
    const said = await linked({ addresses: [server.url], auth: { kind: 'credentialsFile', path: credentials } })
    expect(said.join()).toContain(`refused the credentials: look at "auth", and at ${credentials}`)
    writeFileSync(credentials, ours.credentials)
    await expect.poll(() => said.at(-1)).toBe('up')
  })

  it('is not known while the credentials file is missing', async () => {
    const missing = path.join(folder, 'missing.creds')
    expect(await at(accounts, { kind: 'credentialsFile', path: missing })).toEqual([
      `can't read ${missing} (ENOENT): look at "auth"`,
    ])
  })

  it('is told when it expires while the link stands (B4, B10)', async () => {
    const server = endsWithTest(await startNats({ config: accounts }))
    const linkedFor = async (seconds: number): Promise<readonly string[]> => {
      const { credentials: text } = issueUser(Math.ceil(realClock.wall() / 1000) + seconds)
      return (await opened({ addresses: [server.url], auth: { kind: 'credentials', text } })).said
    }
    // A slow machine takes longer than a second to connect.
    let said: readonly string[] = []
    for (let seconds = 1; said[0] !== 'up'; seconds *= 2) said = await linkedFor(seconds)
    await expect.poll(() => said[1]).toContain('the credentials for the server have expired: renew them')
  })

  it('may stand in the address, which is not shown with it', async () => {
    const server = endsWithTest(await startNats({ config: 'authorization { user: me, password: secret }' }))
    expect(await linked({ addresses: [`nats://me:secret@127.0.0.1:${server.port}`] })).toEqual(['up'])
    const said = await whyDown({ addresses: [`nats://me:wrong-secret@127.0.0.1:${server.port}`] })
    expect(said).toContain('refused the user or the password')
    expect(said).not.toContain('secret')
  })
})
