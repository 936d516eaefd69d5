import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { createServer, type Server } from 'node:net'
import { beforeAll, describe, expect, it } from 'vitest'
import { defaultLeaseTimes } from '../../src/brokers/redis/leases.js'
import type { RedisSettings } from '../../src/brokers/settings.js'
import { newId } from '../../src/node/new-id.js'
import { endsWithTest } from '../servers/ends-with-test.js'
import { freePort } from '../servers/free-port.js'
import { type Redis, startRedis } from '../servers/redis.js'
import { redisCli } from '../servers/redis-cli.js'
import { text } from './link.js'
import { downReason, expectWorks, hastyClock, listen, open, publish, silentPort } from './redis-link.js'

// Each option of SP-BRK-11, with a server that requires it.

/** Listens on a free port until the test ends. */
async function listening<Listening extends Server>(server: Listening): Promise<number> {
  const port = await freePort()
  endsWithTest(server.listen(port, '127.0.0.1'))
  await once(server, 'listening')
  return port
}

/** Returns the port of a server that sends a text to each client, and closes the connection. */
const sending = (text: string): Promise<number> =>
  listening(createServer((socket) => socket.on('error', () => {}).end(text)))

describe('an address', () => {
  let server: Redis
  beforeAll(async () => {
    server = await startRedis()
    return server.stop
  })

  it.each(['127.0.0.1', 'localhost'])('may be redis://%s', async (host) => {
    await expectWorks({ url: `redis://${host}:${server.port}` })
  })

  it.each(['127.0.0.1', 'localhost', '[::1]'])('that refuses the connection is reported: %s', async (host) => {
    const at = `${host}:${await freePort()}`
    expect(await downReason({ url: `redis://:secret@${at}` })).toBe(
      `Redis at ${at} refused the connection: start the server, or look at "url"`,
    )
  })

  it('with an unknown host is reported', async () => {
    expect(await downReason({ url: 'redis://:secret@nowhere.invalid' })).toBe(
      'the host of Redis at nowhere.invalid:6379 is unknown: look at "url"',
    )
  })

  it('of a web server is reported', async () => {
    const port = await listening(createHttpServer((_, response) => response.end('hello')))
    expect(await downReason({ url: `redis://127.0.0.1:${port}` })).toBe(
      `Redis at 127.0.0.1:${port} is not a Redis server: look at "url"`,
    )
  })

  it.each([
    ['', 'closed the connection before it answered; perhaps it expects TLS: write "url" with rediss://'],
    ['ERROR\r\n', 'is not a Redis server: look at "url"'],
    [
      '-DENIED Redis is running in protected mode because protected mode is enabled …\r\n',
      'is in protected mode: set a password there, or connect from its own machine',
    ],
    ['-ERR go away\r\n', 'refused the connection: ERR go away'],
  ])('of a server that sends %j is reported', async (greeting, reason) => {
    const port = await sending(greeting)
    expect(await downReason({ url: `redis://:secret@127.0.0.1:${port}` })).toBe(`Redis at 127.0.0.1:${port} ${reason}`)
  })

  it('of a silent server is reported within the connect timeout of the options', async () => {
    const port = await silentPort()
    const options = { connectTimeout: 100 }
    expect(await downReason({ url: `redis://127.0.0.1:${port}`, options })).toBe(
      `Redis at 127.0.0.1:${port} does not answer: look at "url", and at firewalls on the way`,
    )
  })

  it.each<[string, (at: string) => Partial<RedisSettings>]>([
    ['its role', () => ({})],
    ['the nodes of its cluster', (at) => ({ cluster: [at] })],
  ])('of a server that falls silent when the relay reads %s is reported', async (_, more) => {
    const info = 'redis_version:7.0.15\r\nrole:master\r\n'
    const replies: Record<string, string> = {
      hello: '%0\r\n',
      setname: '+OK\r\n',
      info: `$${info.length}\r\n${info}\r\n`,
    }
    const port = await listening(
      createServer((socket) => {
        socket
          .on('error', () => {})
          .on('data', (commands) => {
            for (const [command] of String(commands)
              .toLowerCase()
              .matchAll(/hello|setname|info/g))
              socket.write(replies[command] ?? '')
          })
      }),
    )
    const at = `127.0.0.1:${port}`
    const options = { connectTimeout: 100 }
    expect(await downReason({ url: `redis://${at}`, options, ...more(at) })).toContain(`Redis at ${at} does not answer`)
  })

  it('of a server with too many clients is reported', async () => {
    const full = endsWithTest(await startRedis({ args: ['--maxclients', '1'] }))
    expect(await downReason({ url: full.url })).toBe(
      `Redis at 127.0.0.1:${full.port} accepts no more clients: look at its "maxclients"`,
    )
  })

  it('of a server that hangs up or refuses is retried after waits that double up to two seconds', async () => {
    const guarded = endsWithTest(await startRedis({ password: 'right' }))
    const connectionCount = async (): Promise<number> =>
      Number(/total_connections_received:(\d+)/.exec(await redisCli(guarded.url, ['INFO', 'stats']))?.[1])
    let hungUp = 0
    const hangingUp = createServer((socket) => {
      hungUp++
      socket.on('error', () => {}).end()
    })
    const ports = [await listening(hangingUp), guarded.port]
    const clocks = ports.map(() => hastyClock())
    const before = await connectionCount()
    const links = await Promise.all(
      ports.map((port, i) => open({ url: `redis://:wrong@127.0.0.1:${port}` }, defaultLeaseTimes, clocks[i]?.clock)),
    )
    for (const { waits } of clocks) await expect.poll(() => waits.length).toBeGreaterThan(8)
    for (const { broker } of links) await broker.close()
    for (const { waits } of clocks) expect(waits.slice(0, 8)).toEqual([75, 150, 300, 600, 1200, 1500, 1500, 1500])
    // Each try opens two clients. The last connection is that of redis-cli.
    expect(hungUp).toBeLessThanOrEqual(2 * (clocks[0]?.waits.length ?? 0) + 2)
    expect((await connectionCount()) - before - 1).toBeLessThanOrEqual(2 * (clocks[1]?.waits.length ?? 0) + 2)
  })
})

describe('the identity of the relay (SP-BRK-11)', () => {
  const password = 'p@ss/w:rd% ü secret'
  let guarded: Redis
  let plain: Redis
  beforeAll(async () => {
    guarded = await startRedis({ password })
    await redisCli(guarded.url, ['ACL', 'SETUSER', 'me@home', 'on', `>${password}`, '~*', '&*', '+@all'])
    await redisCli(guarded.url, ['ACL', 'SETUSER', 'off', 'off', `>${password}`])
    plain = await startRedis()
    return () => Promise.all([guarded.stop(), plain.stop()])
  })

  const at = (credentials = ''): string => `redis://${credentials}127.0.0.1:${guarded.port}`
  const escaped = encodeURIComponent(password)

  it.each<[string, () => RedisSettings]>([
    ['a password', () => ({ url: at(), password })],
    ['a password in the URL', () => ({ url: at(`:${escaped}@`) })],
    ['a user and a password', () => ({ url: at(), username: 'me@home', password })],
    ['a user and a password in the URL', () => ({ url: at(`${encodeURIComponent('me@home')}:${escaped}@`) })],
    ['settings that override the URL', () => ({ url: at('you:wrong@'), username: 'me@home', password })],
    ['a password over RESP 2', () => ({ url: at(), password, options: { protocol: 2 } })],
    ['a password that the server does not need', () => ({ url: plain.url, password })],
  ])('is accepted with %s', async (_, settings) => {
    await expectWorks(settings())
  })

  it.each<[string, () => RedisSettings, string]>([
    ['nothing', () => ({ url: at() }), 'requires a password: look at "password"'],
    ['a wrong password', () => ({ url: at(':wrong-secret@') }), 'refused the password: look at "password"'],
    [
      'a wrong one over RESP 2',
      () => ({ url: at(':wrong-secret@'), options: { protocol: 2 } }),
      'refused the password: look at "password"',
    ],
    [
      'an unknown user',
      () => ({ url: at(), username: 'you-secret', password }),
      'refused the user or the password: look at "username" and "password"',
    ],
    [
      'a user who is switched off',
      () => ({ url: at(), username: 'off', password }),
      'refused the user or the password: look at "username" and "password"',
    ],
    [
      'a user without a password',
      () => ({ url: at('me@') }),
      'refused the user or the password: look at "username" and "password"',
    ],
  ])('is refused with %s', async (_, settings, reason) => {
    expect(await downReason(settings())).toBe(`Redis at 127.0.0.1:${guarded.port} ${reason}`)
  })

  it('may have few permissions: then plain messages work', async () => {
    const rules = [
      'resetchannels',
      '&open.*',
      '&request.*',
      '&response.*',
      '&_more.*',
      '&_error.*',
      '-@all',
      '+publish',
      '+@pubsub',
      '+ping',
    ]
    await redisCli(guarded.url, ['ACL', 'SETUSER', 'narrow', 'on', '>x', ...rules])
    const { broker, statuses } = await open({ url: at('narrow:x@') })
    expect(broker.features.queue).toBe("the relay's user at Redis may not run scripts on our keys; look at its ACL")
    const inbox = await listen(broker, 'open.*')
    const forbidden = { code: 'forbidden', message: expect.stringContaining('ACL') }
    await expect(publish(broker, 'closed.a')).rejects.toMatchObject(forbidden)
    await expect(listen(broker, 'closed.a')).rejects.toMatchObject(forbidden)
    await expect(listen(broker, '**')).rejects.toMatchObject(forbidden)
    await publish(broker, 'open.a', 'here')
    expect((await inbox.take(1)).map(text)).toEqual(['here'])
    expect(statuses).toEqual(['up'])
  })
})

describe('a database', () => {
  let server: Redis
  beforeAll(async () => {
    server = await startRedis()
    return server.stop
  })

  it.each<[string, (port: number) => RedisSettings]>([
    ['db', (port) => ({ url: `redis://127.0.0.1:${port}/2`, db: 3 })],
    ['the URL', (port) => ({ url: `redis://127.0.0.1:${port}/3` })],
  ])('is selected by %s: it stores queues, while plain messages reach all databases', async (_, settings) => {
    const prefix = `${newId()}.`
    const { broker } = await open({ ...settings(server.port), prefix })
    const elsewhere = await open({ url: server.url, prefix })
    const inboxes = [await listen(elsewhere.broker, 'job'), await listen(broker, 'job', { group: 'g' })]
    const apart = await listen(elsewhere.broker, 'job', { group: 'g' })
    await publish(broker, 'job', 'here')
    for (const inbox of inboxes) expect((await inbox.take(1)).map(text)).toEqual(['here'])
    const keys = (db: number): Promise<string> =>
      redisCli(`redis://127.0.0.1:${server.port}/${db}`, ['EXISTS', `${prefix}wildcast:groups`])
    expect(await Promise.all([0, 2, 3].map(keys))).toEqual(['1', '0', '1'])
    expect(apart.messages).toEqual([])
  })

  it('that does not exist is reported', async () => {
    expect(await downReason({ url: server.url, db: 16 })).toBe(
      `Redis at 127.0.0.1:${server.port} has no database 16: look at "db"`,
    )
  })
})
