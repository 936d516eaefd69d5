import { parseSubject, WildcastError } from '@wildcast/protocol'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { brokerContract } from '../../src/brokers/broker.contract.js'
import { redis } from '../../src/brokers/redis.js'
import { everything } from '../../src/core/access/identity.js'
import { createRelay } from '../../src/core/relay.js'
import { newId } from '../../src/node/new-id.js'
import { Inbox } from '../../src/testing/inbox.js'
import { recordingOutlet } from '../../src/testing/recording-outlet.js'
import { startChild } from '../servers/child.js'
import { endsWithTest } from '../servers/ends-with-test.js'
import { type Redis, startRedis } from '../servers/redis.js'
import { redisCli, redisSubscriber } from '../servers/redis-cli.js'
import { text } from './link.js'
import { foreignClient, listen, open, ports, publish, request, serve } from './redis-link.js'

let server: Redis

beforeAll(async () => {
  server = await startRedis()
  return server.stop
})

const cli = (...words: string[]): Promise<string> => redisCli(server.url, words)

brokerContract('Redis', {
  open: (clock = ports.clock) => redis({ url: server.url }, { ...ports, clock }),
  outside: {
    publish: async (to, payload) => {
      await redisCli(server.url, ['PUBLISH', to], { input: payload })
    },
    async listen(to) {
      const inbox = new Inbox()
      const subscriber = endsWithTest(await redisSubscriber(server.url, to))
      const next = (): Promise<void> =>
        subscriber.next().then(({ channel, payload }) => {
          inbox.put({ subject: parseSubject(channel), payload: new Uint8Array(payload) })
          return next()
        })
      next().catch(() => {}) // it ends with the test
      return inbox
    },
    kill: () => server.kill(),
    restart: () => server.restart(),
  },
})

describe('a link to Redis', () => {
  it('has a client that publishes and one that subscribes; channels are subjects (SP-BRK-5)', async () => {
    const { broker } = await open({ url: server.url })
    const inbox = await listen(broker, 'good.*')
    await redisCli(server.url, ['PUBLISH', 'good.apple'], { input: Uint8Array.of(0, 255, 10) })
    await publish(broker, 'good.pear')
    const [apple, pear] = await inbox.take(2)
    expect(apple).toEqual({ subject: 'good.apple', payload: Uint8Array.of(0, 255, 10) })
    expect(pear?.subject).toBe('good.pear')
    const clients = (await cli('CLIENT', 'LIST')).split('\n').filter((line) => line.includes('name=wildcast'))
    const facts = clients.map((line) => /name=(\S+).* sub=(\d) psub=(\d)/.exec(line)?.slice(1))
    expect(facts.sort()).toEqual([
      ['wildcast-publish', '0', '0'],
      // The glob and that of its marks, and the connection's echo channel.
      ['wildcast-subscribe', '1', '2'],
    ])
  })

  it('flushes publishes and rejects pending requests when it is closed', async () => {
    const { broker } = await open({ url: server.url })
    const other = await listen((await open({ url: server.url })).broker, 'last')
    const published = publish(broker, 'last', 'message')
    const rejected = expect(request(broker, 'not.served')).rejects.toMatchObject({
      code: expect.stringMatching(/interrupted|no_responders/),
    })
    await broker.close()
    await published
    await rejected
    expect(text((await other.take(1))[0])).toBe('message')
    await expect(request(broker, 'not.served')).rejects.toMatchObject({ code: 'broker_down' })
  })
})

describe('names at Redis', () => {
  it.each(['t.[ab]', 't.a?', 't.\\', 't.^-]', 't.a%2Ab', 't.__proto__', 't.ü'])(
    'match literally, even if a glob would treat them otherwise: %s (S10)',
    async (literal) => {
      const { broker } = await open({ url: server.url })
      const inbox = await listen(broker, `${literal}.*`)
      for (const other of ['t.a.x', 't.ab.x', 't.axb.x', 't.b.x']) await cli('PUBLISH', other, 'other')
      await publish(broker, `${literal}.x`, 'own')
      const [message] = await inbox.take(1)
      expect({ subject: message?.subject, text: text(message) }).toEqual({ subject: `${literal}.x`, text: 'own' })
    },
  )

  it('are escaped if they are no valid subjects, and unescaped', async () => {
    const { broker } = await open({ url: server.url })
    const inbox = await listen(broker, 'odd.**')
    const outside = endsWithTest(await redisSubscriber(server.url, 'odd.a/b c*'))
    await cli('PUBLISH', 'odd.a/b c*', 'in')
    expect((await inbox.take(1))[0]?.subject).toBe('odd.a%2Fb%20c%2A')
    await publish(broker, 'odd.a%2Fb%20c%2A', 'out')
    expect(await outside.next()).toMatchObject({ payload: Buffer.from('in') })
    expect(await outside.next()).toMatchObject({ channel: 'odd.a/b c*', payload: Buffer.from('out') })
  })

  it('and payloads that are invalid are counted, not delivered, and the link stays up (S13, S15)', async () => {
    const { broker, statuses, dropped } = await open({ url: server.url })
    const inbox = await listen(broker, 'a.**')
    const one = await listen(broker, 'a.*')
    const bad = ['a.', 'a..b', 'a.\n', 'a.\u0001', `a.${'x'.repeat(1023)}`, `a.${'x.'.repeat(255)}x`]
    for (const channel of bad) await cli('PUBLISH', channel, 'x')
    await foreignClient(server.url).publish(Buffer.of(0x61, 0x2e, 0xff), 'x')
    await foreignClient(server.url).publish('a.large', Buffer.alloc(1024 * 1024 + 1))
    await cli('PUBLISH', 'a.b.c', 'two')
    await cli('PUBLISH', 'ab.c', 'another')
    await cli('PUBLISH', 'a.b', 'last')
    expect((await inbox.take(2)).map(text)).toEqual(['two', 'last'])
    expect((await one.take(1)).map(text)).toEqual(['last'])
    // Both globs, a.* and a*, receive each.
    expect(dropped.filter((why) => why === 'foreign_subject')).toHaveLength(2 * (bad.length + 1))
    expect(dropped.filter((why) => why === 'too_large')).toHaveLength(2)
    expect(statuses).toEqual(['up'])
  })

  it('begin with a prefix, and no subscription crosses prefixes (S14)', async () => {
    const [mine, other, spying] = await Promise.all([
      open({ url: server.url, prefix: 't1.' }),
      open({ url: server.url, prefix: 't[12]*' }),
      open({ url: server.url, prefix: 't2.' }),
    ])
    const inboxes = [
      await listen(mine.broker, '**'),
      await listen(mine.broker, 'good.*'),
      await listen(mine.broker, 'good.apple'),
    ]
    const spies = await Promise.all(
      [other, spying].flatMap(({ broker }) => ['**', '*', '>'].map((spy) => listen(broker, spy))),
    )
    const outside = endsWithTest(await redisSubscriber(server.url, 't1.good.apple'))
    await publish(mine.broker, 'good.apple', 'mine')
    for (const inbox of inboxes) expect((await inbox.take(1)).map(({ subject }) => subject)).toEqual(['good.apple'])
    expect(await outside.next()).toEqual({ channel: 't1.good.apple', payload: Buffer.from('mine') })
    await publish(other.broker, 'end')
    await publish(spying.broker, 'end')
    for (const spy of spies) expect((await spy.take(1)).map(({ subject }) => subject)).toEqual(['end'])
    // Keys and requests have the prefix, too.
    await serve(mine.broker, 'who', () => [{ payload: 'one' }])
    await serve(spying.broker, 'who', () => [{ payload: 'two' }])
    expect(text(await request(mine.broker, 'who'))).toBe('one')
    expect(text(await request(spying.broker, 'who'))).toBe('two')
    expect((await cli('KEYS', 't1.*')).split('\n')).toContain('t1.wildcast:serve:who')
  })

  it('cannot be injected: Redis gets no invalid name of a client (S1, S12)', async () => {
    const monitor = startChild('redis-cli', ['-u', server.url, 'MONITOR'])
    onTestFinished(() => monitor.end('SIGTERM'))
    await monitor.says(/OK/)
    const relay = await createRelay({ brokers: { main: redis({ url: server.url }, ports) }, newId, onError: () => {} })
    onTestFinished(() => relay.close())
    const session = relay.open(recordingOutlet(), everything)
    const hostile = [
      'evil\r\nPUBLISH x y',
      'evil x',
      'evil\tx',
      'evil\0',
      'evil.*.#.x',
      'evil\u2028',
      'evil/x',
      'evil..x',
      `evil${'x'.repeat(1025)}`,
    ]
    for (const name of hostile) {
      await expect(session.publish({ subject: name, payload: 'evil' })).rejects.toBeInstanceOf(WildcastError)
      await expect(session.request({ subject: name, payload: 'evil' }, {})).rejects.toBeInstanceOf(WildcastError)
      await expect(session.subscribe({ subject: name }, () => {})).rejects.toBeInstanceOf(WildcastError)
      await expect(session.subscribe({ subject: 'g', group: name }, () => {})).rejects.toBeInstanceOf(WildcastError)
    }
    for (const closed of ['_evil', '$evil.x'])
      await expect(session.publish({ subject: closed, payload: '' })).rejects.toBeInstanceOf(WildcastError)
    await session.subscribe({ subject: '**.a.**' }, () => {})
    await session.publish({ subject: 'the.end', payload: '' })
    const [seen] = await monitor.says(/[\s\S]*the\.end/)
    expect(seen).not.toContain('evil')
    expect(seen).toContain('"psubscribe" "*a*"')
  })
})
