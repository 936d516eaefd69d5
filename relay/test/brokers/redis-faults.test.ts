import dns from 'node:dns'
import { beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { defaultLeaseTimes } from '../../src/brokers/redis/leases.js'
import { type FakeClock, fakeClock } from '../../src/testing/fake-clock.js'
import { deaf } from '../../src/testing/listener.js'
import { endsWithTest } from '../servers/ends-with-test.js'
import { type Redis, startRedis } from '../servers/redis.js'
import { redisCli } from '../servers/redis-cli.js'
import { openProxy } from '../servers/tcp-proxy.js'
import { inTime } from './in-time.js'
import { text } from './link.js'
import { listen, open, publish, request, serve, subject } from './redis-link.js'

let server: Redis

beforeAll(async () => {
  server = await startRedis()
  return server.stop
})

const cli = (...words: string[]): Promise<string> => redisCli(server.url, words)

type LookupCallback = (failed: null, found: dns.LookupAddress[]) => void

describe('a link to Redis', () => {
  it.each(['wildcast-publish', 'wildcast-subscribe'])(
    'is lost once when %s is killed, and comes back with its subscriptions',
    async (name) => {
      const { broker, statuses } = await open({ url: server.url })
      const inbox = await listen(broker, 'a.*')
      const clients = await cli('CLIENT', 'LIST')
      await cli('CLIENT', 'KILL', 'ID', new RegExp(`id=(\\d+).*name=${name}`).exec(clients)?.[1] as string)
      await expect.poll(() => statuses).toEqual(['up', 'down', 'up'])
      await publish(broker, 'a.b', 'here')
      expect(text((await inbox.take(1))[0])).toBe('here')
      expect((await cli('CLIENT', 'LIST')).match(/name=wildcast/g)).toHaveLength(2)
    },
  )

  it('is down, then up, when Redis disconnects a subscriber that is too slow (B6)', async () => {
    const own = endsWithTest(await startRedis({ args: ['--client-output-buffer-limit', 'pubsub 64kb 64kb 1'] }))
    const proxy = endsWithTest(await openProxy(own.port))
    const { broker, statuses } = await open({ url: `redis://127.0.0.1:${proxy.port}` })
    const inbox = await listen(broker, 'a')
    proxy.stall()
    // Redis doesn't count the bytes in kernel buffers, which hold some megabytes.
    while ((await redisCli(own.url, ['PUBSUB', 'NUMSUB', 'a'])) === 'a\n1')
      await redisCli(own.url, ['PUBLISH', 'a'], { input: new Uint8Array(1_000_000) })
    proxy.flow()
    await expect.poll(() => statuses).toEqual(['up', 'down', 'up'])
    inbox.messages.length = 0
    await publish(broker, 'a', 'here')
    expect(text((await inbox.take(1))[0])).toBe('here')
  })

  it('is dropped when it is silent, and its publishes reject (B2)', async () => {
    const proxy = endsWithTest(await openProxy(server.port))
    const { broker, statuses } = await open({ url: `redis://127.0.0.1:${proxy.port}`, pingIntervalMs: 50 })
    proxy.stall()
    await expect(publish(broker, 'a')).rejects.toMatchObject({ code: 'interrupted' })
    proxy.cut()
    proxy.flow()
    await expect.poll(() => statuses).toEqual(['up', 'down', 'up'])
    await publish(broker, 'a')
  })

  it('leaves no more behind at the server after many losses than after one (B3)', async () => {
    const own = endsWithTest(await startRedis())
    const proxy = endsWithTest(await openProxy(own.port))
    const { broker, statuses } = await open({ url: `redis://127.0.0.1:${proxy.port}` })
    const inboxes = [
      await listen(broker, 'flap.*'),
      await listen(broker, 'flap.a'),
      await listen(broker, 'flap.*', { group: 'g' }),
    ]
    await serve(broker, 'flap.request', () => [{ payload: 'yes' }])
    await request(broker, 'flap.request')
    const counts = async (): Promise<unknown[]> => [
      (await redisCli(own.url, ['CLIENT', 'LIST'])).match(/name=wildcast/g)?.length,
      await redisCli(own.url, ['PUBSUB', 'NUMPAT']),
      (await redisCli(own.url, ['PUBSUB', 'CHANNELS'])).split('\n').length,
      await redisCli(own.url, ['ZCARD', 'wildcast:members:flap.* g']),
    ]
    const before = await counts()
    for (let losses = 1; losses <= 4; losses++) {
      proxy.cut()
      await expect.poll(() => statuses.length).toBe(1 + 2 * losses)
    }
    expect(text(await request(broker, 'flap.request'))).toBe('yes')
    await expect.poll(counts).toEqual(before)
    await publish(broker, 'flap.a', 'here')
    for (const inbox of inboxes) expect((await inbox.take(1)).map(text)).toEqual(['here'])
  })

  it('looks up its host for each connection, and tries each address (B5)', async () => {
    const first = endsWithTest(await startRedis())
    endsWithTest(await startRedis({ args: ['--bind', '127.0.0.2', '--port', `${first.port}`] }))
    let addresses = ['::1', '127.0.0.1']
    const lookup = vi.spyOn(dns, 'lookup').mockImplementation(((_: string, __: unknown, callback: LookupCallback) => {
      const found = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
      queueMicrotask(() => callback(null, found))
    }) as never)
    onTestFinished(() => lookup.mockRestore())
    const { broker, statuses } = await open({ url: `redis://redis.test:${first.port}` })
    expect(statuses).toEqual(['up'])
    await first.kill()
    await expect.poll(() => statuses).toEqual(['up', 'down'])
    addresses = ['127.0.0.2']
    await expect.poll(() => statuses).toEqual(['up', 'down', 'up'])
    await publish(broker, 'a', 'here')
  })
})

it('a message that has made Redis disconnect twice is refused (B7)', async () => {
  const server = endsWithTest(await startRedis({ args: ['--client-query-buffer-limit', '1mb'] }))
  const { broker, statuses } = await open({ url: server.url })
  const poison = 'x'.repeat(1024 * 1024)
  for (const losses of [1, 2]) {
    await expect(publish(broker, 'a', poison)).rejects.toMatchObject({ code: 'interrupted' })
    await expect.poll(() => statuses.filter((now) => now === 'up').length).toBe(losses + 1)
  }
  await expect(publish(broker, 'a', poison)).rejects.toMatchObject({ code: 'too_large' })
  await publish(broker, 'a', 'short')
  expect(statuses.length).toBe(5)
})

describe('a server that has become a replica (B9)', () => {
  // The test's clock triggers pings: a late one would break the link on a busy machine.
  let clock: FakeClock
  beforeEach(() => {
    clock = fakeClock()
  })

  it('gets no messages until it is a master again', async () => {
    const [own, master] = [endsWithTest(await startRedis()), endsWithTest(await startRedis())]
    const { broker, statuses, causes } = await open({ url: own.url }, defaultLeaseTimes, clock)
    const elsewhere = await listen((await open({ url: master.url })).broker, 'a')
    await redisCli(own.url, ['REPLICAOF', '127.0.0.1', `${master.port}`])
    await expect(publish(broker, 'a', 'lost')).rejects.toMatchObject({ code: 'interrupted' })
    await inTime(clock, () => statuses).toEqual(['up', 'down'])
    await inTime(clock, () => causes.join()).toContain('is a read-only replica')
    await redisCli(own.url, ['REPLICAOF', 'NO', 'ONE'])
    await inTime(clock, () => statuses).toEqual(['up', 'down', 'up'])
    await publish(broker, 'a', 'here')
    expect(elsewhere.messages).toEqual([])
  })

  it('is detected even without publishes', async () => {
    const [own, master] = [endsWithTest(await startRedis()), endsWithTest(await startRedis())]
    const { broker, statuses } = await open({ url: own.url }, defaultLeaseTimes, clock)
    await listen(broker, 'a')
    await redisCli(own.url, ['REPLICAOF', '127.0.0.1', `${master.port}`])
    await inTime(clock, () => statuses).toEqual(['up', 'down'])
  })

  it('is detected even by a relay that may not run INFO', async () => {
    const [own, master] = [endsWithTest(await startRedis()), endsWithTest(await startRedis())]
    for (const { url } of [own, master])
      await redisCli(url, ['ACL', 'SETUSER', 'blind', 'on', '>x', '~*', '&*', '+@all', '-info'])
    const url = `redis://blind:x@127.0.0.1:${own.port}`
    const { broker, statuses, causes } = await open({ url }, defaultLeaseTimes, clock)
    expect(broker.features.queue).toBe(true)
    await redisCli(own.url, ['REPLICAOF', '127.0.0.1', `${master.port}`])
    await inTime(clock, () => causes.join()).toContain('is a read-only replica')
    expect((await open({ url })).broker.features.queue).toContain('the server is a read-only replica')
    await redisCli(own.url, ['REPLICAOF', 'NO', 'ONE'])
    await inTime(clock, () => statuses).toEqual(['up', 'down', 'up'])
  })

  it('stores groups once it is a master', async () => {
    const [own, master] = [endsWithTest(await startRedis()), endsWithTest(await startRedis())]
    await redisCli(own.url, ['REPLICAOF', '127.0.0.1', `${master.port}`])
    const { broker, statuses } = await open({ url: own.url }, defaultLeaseTimes, clock)
    expect(broker.features.queue).toContain('the server is a read-only replica')
    await redisCli(own.url, ['REPLICAOF', 'NO', 'ONE'])
    await inTime(clock, () => statuses).toEqual(['up', 'down', 'up'])
    expect(broker.features.queue).toBe(true)
  })
})

describe('a temporary refusal (B9)', () => {
  /** Starts a server that takes two seconds to load its data, and replies meanwhile. */
  async function slowLoader(): Promise<Redis> {
    const slow = [
      '--key-load-delay',
      '10000',
      '--loading-process-events-interval-bytes',
      '1024',
      '--rdbcompression',
      'no',
    ]
    const own = endsWithTest(await startRedis({ args: [...slow, '--enable-debug-command', 'local'] }))
    await redisCli(own.url, ['EVAL', "for i = 1, 200 do redis.call('SET', i, string.rep('x', 1000)) end", '0'])
    await redisCli(own.url, ['SAVE'])
    return own
  }

  it('is reported while the server loads its data', async () => {
    const own = await slowLoader()
    const { statuses, causes } = await open({ url: own.url })
    await own.kill()
    await own.restart()
    await expect.poll(() => statuses).toEqual(['up', 'down', 'up'])
    expect(causes).toContain(`Redis at 127.0.0.1:${own.port} is still loading its data; the relay retries`)
  })

  it('breaks the link while the server reloads its data, as after a failover', async () => {
    const own = await slowLoader()
    const { broker, statuses, causes } = await open({ url: own.url })
    const loaded = redisCli(own.url, ['DEBUG', 'RELOAD'])
    await expect.poll(() => redisCli(own.url, ['INFO', 'persistence'])).toContain('loading:1')
    await expect(publish(broker, 'a', 'lost')).rejects.toMatchObject({ code: 'interrupted' })
    expect(causes).toEqual(['the server is loading its data'])
    await expect.poll(() => statuses).toEqual(['up', 'down', 'up'])
    await publish(broker, 'a', 'here')
    await loaded
  })

  it('for a new password is reported at the next connection; an open link continues', async () => {
    const own = endsWithTest(await startRedis())
    const { broker, statuses, causes } = await open({ url: own.url })
    await redisCli(own.url, ['CONFIG', 'SET', 'requirepass', 'new'])
    await publish(broker, 'a', 'still here')
    const guarded = `redis://default:new@127.0.0.1:${own.port}`
    await redisCli(guarded, ['CLIENT', 'KILL', 'TYPE', 'normal'])
    await expect.poll(() => causes).toContain(`Redis at 127.0.0.1:${own.port} requires a password: look at "password"`)
    await redisCli(guarded, ['CONFIG', 'SET', 'requirepass', ''])
    await expect.poll(() => statuses).toEqual(['up', 'down', 'up'])
  })

  it('for lost permissions ends only the subscriptions that they concern (B4)', async () => {
    const own = endsWithTest(await startRedis())
    const acl = (...rules: string[]): Promise<string> => redisCli(own.url, ['ACL', 'SETUSER', 'relay', ...rules])
    await acl('on', '>x', '~*', '&*', '+@all')
    const { broker, statuses, causes } = await open({ url: `redis://relay:x@127.0.0.1:${own.port}` })
    const kept = await listen(broker, 'open.*')
    const ended: string[] = []
    await broker.subscribe({ pattern: subject('secret.a') }, { ...deaf, ended: ({ code }) => ended.push(code) })
    await acl('resetchannels', '&open.*')
    // Redis disconnects subscribers that have lost a permission.
    await expect.poll(() => statuses).toEqual(['up', 'down', 'up'])
    expect(ended).toEqual(['forbidden'])
    await expect(publish(broker, 'secret.a')).rejects.toMatchObject({ code: 'forbidden' })
    await publish(broker, 'open.a', 'here')
    expect((await kept.take(1)).map(text)).toEqual(['here'])
    await redisCli(own.url, ['ACL', 'DELUSER', 'relay'])
    await expect.poll(() => causes.at(-1)).toContain('refused the user or the password: look at "username"')
    await acl('on', '>x', '~*', '&*', '+@all')
    await expect.poll(() => statuses).toEqual(['up', 'down', 'up', 'down', 'up'])
  })
})
