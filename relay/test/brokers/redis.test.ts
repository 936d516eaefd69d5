import { type Pattern, parseSubject, WildcastError } from '@wildcast/protocol'
import { Redis as Ioredis } from 'ioredis'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { brokerContract } from '../../src/brokers/broker.contract.js'
import { redis } from '../../src/brokers/redis.js'
import { createRelay } from '../../src/core/relay.js'
import { newId } from '../../src/node/new-id.js'
import { Inbox } from '../../src/testing/inbox.js'
import { deaf } from '../../src/testing/listener.js'
import { recordingOutlet } from '../../src/testing/recording-outlet.js'
import { startChild } from '../servers/child.js'
import { endsWithTest } from '../servers/ends-with-test.js'
import { type Redis, startRedis } from '../servers/redis.js'
import { redisCli, redisSubscriber } from '../servers/redis-cli.js'
import { openProxy } from '../servers/tcp-proxy.js'
import { ask, listen, open, ports, publish, serve, subject, text, timeoutMs } from './redis-link.js'

let server: Redis

beforeAll(async () => {
  server = await startRedis()
  return server.stop
})

const cli = (...words: string[]): Promise<string> => redisCli(server.url, words)

/** A stranger with a client of its own. */
function stranger(): Ioredis {
  const client = new Ioredis(server.url)
  onTestFinished(() => client.disconnect())
  return client
}

brokerContract('Redis', {
  open: () => redis({ url: server.url }, ports),
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
  it('is one client that publishes and one that listens, and messages have the subject of their channel (SP-BRK-5)', async () => {
    const { broker } = await open({ url: server.url })
    const inbox = await listen(broker, 'good.*')
    await redisCli(server.url, ['PUBLISH', 'good.apple'], { input: Uint8Array.of(0, 255, 10) })
    await publish(broker, 'good.pear')
    const [apple, pear] = await inbox.take(2)
    expect([apple?.subject, apple?.payload]).toEqual(['good.apple', Uint8Array.of(0, 255, 10)])
    expect(pear?.subject).toBe('good.pear')
    const clients = (await cli('CLIENT', 'LIST')).split('\n').filter((line) => line.includes('name=wildcast'))
    const facts = clients.map((line) => /name=(\S+).* sub=(\d) psub=(\d)/.exec(line)?.slice(1))
    expect(facts.sort()).toEqual([
      ['wildcast-publish', '0', '0'],
      ['wildcast-subscribe', '0', '1'],
    ])
  })

  it.each(['wildcast-publish', 'wildcast-subscribe'])(
    'is lost once when %s is killed, and comes back whole',
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

  it('is down, then up, when Redis cuts a listener that is too slow (B6)', async () => {
    const own = endsWithTest(await startRedis({ args: ['--client-output-buffer-limit', 'pubsub 64kb 64kb 1'] }))
    const proxy = endsWithTest(await openProxy(own.port))
    const { broker, statuses } = await open({ url: `redis://127.0.0.1:${proxy.port}` })
    const inbox = await listen(broker, 'a')
    proxy.stall()
    // What the kernel holds does not count: it takes some megabytes.
    while ((await redisCli(own.url, ['PUBSUB', 'NUMSUB', 'a'])) === 'a\n1')
      await redisCli(own.url, ['PUBLISH', 'a'], { input: new Uint8Array(1_000_000) })
    proxy.flow()
    await expect.poll(() => statuses).toEqual(['up', 'down', 'up'])
    inbox.messages.length = 0
    await publish(broker, 'a', 'here')
    expect(text((await inbox.take(1))[0])).toBe('here')
  })

  it('is given up when it is silent, and what hangs on it is told (B2)', async () => {
    const proxy = endsWithTest(await openProxy(server.port))
    const { broker, statuses } = await open({ url: `redis://127.0.0.1:${proxy.port}`, pingIntervalMs: 50 })
    proxy.stall()
    await expect(publish(broker, 'a')).rejects.toMatchObject({ code: 'interrupted' })
    proxy.cut()
    proxy.flow()
    await expect.poll(() => statuses).toEqual(['up', 'down', 'up'])
    await publish(broker, 'a')
  })

  it('ends what waits when it is closed, and flushes what was said before', async () => {
    const { broker } = await open({ url: server.url })
    const other = await listen((await open({ url: server.url })).broker, 'last')
    const said = publish(broker, 'last', 'words')
    const asked = ask(broker, 'nobody.answers')
    const refused = expect(asked).rejects.toMatchObject({ code: expect.stringMatching(/broker_down|no_responders/) })
    await broker.close()
    await said
    await refused
    expect(text((await other.take(1))[0])).toBe('words')
    await expect(ask(broker, 'nobody.answers')).rejects.toMatchObject({ code: 'broker_down' })
  })
})

describe('names at Redis', () => {
  it.each(['t.[ab]', 't.a?', 't.\\', 't.^-]', 't.a%2Ab', 't.__proto__', 't.ü'])(
    'match literally, whatever a glob would make of them: %s (S10)',
    async (literal) => {
      const { broker } = await open({ url: server.url })
      const inbox = await listen(broker, `${literal}.*`)
      for (const other of ['t.a.x', 't.ab.x', 't.axb.x', 't.b.x']) await cli('PUBLISH', other, 'other')
      await publish(broker, `${literal}.x`, 'own')
      const [message] = await inbox.take(1)
      expect([message?.subject, text(message)]).toEqual([`${literal}.x`, 'own'])
    },
  )

  it('that hold what subjects can not are escaped, and back', async () => {
    const { broker } = await open({ url: server.url })
    const inbox = await listen(broker, 'odd.**')
    const outside = endsWithTest(await redisSubscriber(server.url, 'odd.a/b c*'))
    await cli('PUBLISH', 'odd.a/b c*', 'in')
    expect((await inbox.take(1))[0]?.subject).toBe('odd.a%2Fb%20c%2A')
    await publish(broker, 'odd.a%2Fb%20c%2A', 'out')
    expect(await outside.next()).toMatchObject({ payload: Buffer.from('in') })
    expect(await outside.next()).toMatchObject({ channel: 'odd.a/b c*', payload: Buffer.from('out') })
    await expect(publish(broker, 'odd.%41')).rejects.toMatchObject({ code: 'invalid_subject' })
    await expect(listen(broker, 'odd.%41.*')).rejects.toMatchObject({ code: 'invalid_subject' })
  })

  it('and messages that fit no rule are counted, not delivered, and the link stays up (S13, S15)', async () => {
    const { broker, statuses, dropped } = await open({ url: server.url })
    const inbox = await listen(broker, 'a.**')
    const one = await listen(broker, 'a.*')
    const bad = ['a.', 'a..b', 'a.\n', 'a.\u0001', `a.${'x'.repeat(300)}`, `a.${'x.'.repeat(40)}x`]
    for (const channel of bad) await cli('PUBLISH', channel, 'x')
    await stranger().publish(Buffer.of(0x61, 0x2e, 0xff), 'x')
    await stranger().publish('a.large', Buffer.alloc(1024 * 1024 + 1))
    await cli('PUBLISH', 'a.b.c', 'two')
    await cli('PUBLISH', 'ab.c', 'another')
    await cli('PUBLISH', 'a.b', 'last')
    expect((await inbox.take(2)).map(text)).toEqual(['two', 'last'])
    expect((await one.take(1)).map(text)).toEqual(['last'])
    // By both globs: a.* and a*
    expect(dropped.filter((why) => why === 'foreign_subject')).toHaveLength(2 * (bad.length + 1))
    expect(dropped.filter((why) => why === 'too_large')).toHaveLength(2)
    expect(statuses).toEqual(['up'])
  })

  it('stand behind a prefix, and nobody sees behind another (S14)', async () => {
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
    // What is kept, and who answers, is behind it, too.
    await serve(mine.broker, 'who', () => [{ payload: 'one' }])
    await serve(spying.broker, 'who', () => [{ payload: 'two' }])
    expect([text(await ask(mine.broker, 'who')), text(await ask(spying.broker, 'who'))]).toEqual(['one', 'two'])
    expect((await cli('KEYS', 't1.*')).split('\n')).toContain('t1.wildcast:serve:who')
  })

  it('are never what a client likes to inject: Redis sees nothing of it (S1, S12)', async () => {
    const monitor = startChild('redis-cli', ['-u', server.url, 'MONITOR'])
    onTestFinished(() => monitor.end('SIGTERM'))
    await monitor.says(/OK/)
    const relay = await createRelay({ brokers: { main: redis({ url: server.url }, ports) }, newId, onError: () => {} })
    onTestFinished(() => relay.close())
    const session = relay.open(recordingOutlet())
    const hostile = [
      'evil\r\nPUBLISH x y',
      'evil x',
      'evil\tx',
      'evil\0',
      'evil.*.#.x',
      'evil\u2028',
      'evil/x',
      'evil..x',
      `evil${'x'.repeat(300)}`,
    ]
    for (const name of hostile) {
      await expect(session.publish({ subject: name, message: 'evil' })).rejects.toBeInstanceOf(WildcastError)
      await expect(session.request({ subject: name, message: 'evil' }, {})).rejects.toBeInstanceOf(WildcastError)
      await expect(session.subscribe({ subject: name }, () => {})).rejects.toBeInstanceOf(WildcastError)
      await expect(session.subscribe({ subject: 'g', group: name }, () => {})).rejects.toBeInstanceOf(WildcastError)
    }
    for (const closed of ['_evil', '$evil.x'])
      await expect(session.publish({ subject: closed, message: '' })).rejects.toBeInstanceOf(WildcastError)
    await session.subscribe({ subject: '**.a.**' }, () => {})
    await session.publish({ subject: 'the.end', message: '' })
    const [seen] = await monitor.says(/[\s\S]*the\.end/)
    expect(seen).not.toContain('evil')
    expect(seen).toContain('"psubscribe" "*a*"')
  })
})

describe('requests over Redis', () => {
  it('are answered by a foreign service of the original scheme', async () => {
    const { broker } = await open({ url: server.url })
    const service = stranger()
    const talker = stranger()
    await service.psubscribe('request.*.math.sum')
    service.on('pmessage', (_, channel, question) => {
      void talker.publish(channel.replace('request.', 'response.'), `${question}=3`)
    })
    expect(text(await ask(broker, 'math.sum', '1+2'))).toBe('1+2=3')
  })

  it('of a foreign client of the original scheme are answered by our server', async () => {
    const { broker } = await open({ url: server.url })
    const heard: string[] = []
    await serve(broker, 'math.sum', (question) => {
      heard.push(`${question.subject} ${question.responseSubject}`)
      return [{ payload: 'a part', more: true }, { payload: '3' }]
    })
    const id = newId()
    const answers = endsWithTest(await redisSubscriber(server.url, `response.${id}.math.sum`))
    expect(await cli('PUBLISH', `request.${id}.math.sum`, '1+2')).toBe('1')
    expect(await answers.next()).toMatchObject({ payload: Buffer.from('3') })
    expect(heard).toEqual([`math.sum response.${id}.math.sum`])
  })

  it('are subscribed for once, whoever asks what, and leave nothing behind', async () => {
    const { broker } = await open({ url: server.url })
    await serve(broker, 'echo', ({ payload }) => [{ payload }])
    const before = Number(await cli('PUBSUB', 'NUMPAT'))
    const answers = await Promise.all(Array.from({ length: 100 }, (_, i) => ask(broker, 'echo', `${i}`)))
    expect(answers.map(text)).toEqual(Array.from({ length: 100 }, (_, i) => `${i}`))
    expect(Number(await cli('PUBSUB', 'NUMPAT')) - before).toBe(3)
    expect(await cli('PUBSUB', 'CHANNELS')).toBe('')
  })

  it('have ids that are ULIDs with 80 random bits each', async () => {
    const { broker } = await open({ url: server.url })
    const questions = endsWithTest(await redisSubscriber(server.url, 'request.*', { command: 'PSUBSCRIBE' }))
    const asked = [ask(broker, 'a'), ask(broker, 'a')]
    const ids = [await questions.next(), await questions.next()].map(({ channel }) => channel.split('.')[1] as string)
    for (const id of ids) expect(id).toMatch(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/)
    expect(ids[0]?.slice(0, 10)).toBe(ids[1]?.slice(0, 10))
    expect(ids[0]?.slice(10)).not.toBe(ids[1]?.slice(10))
    for (const id of ids) await cli('PUBLISH', `response.${id}.a`, id)
    expect((await Promise.all(asked)).map(text)).toEqual(ids)
  })

  it('bring parts in order and refusals, over two relays', async () => {
    const [asking, serving] = [(await open({ url: server.url })).broker, (await open({ url: server.url })).broker]
    const error = { code: 'too_hard', message: 'line\nbreak "ü"' }
    await serve(serving, 'count', () => [{ payload: '1', more: true }, { payload: '2', more: true }, { payload: '3' }])
    await serve(serving, 'refuse', () => [{ payload: '', error }])
    const parts: string[] = []
    const last = await asking.request?.(
      { subject: subject('count'), payload: '' },
      { timeoutMs, onPart: (part) => parts.push(text(part)) },
    )
    expect([...parts, text(last)]).toEqual(['1', '2', '3'])
    expect(await ask(asking, 'refuse')).toMatchObject({ subject: 'refuse', error })
  })

  it('reach one server over all relays, which frees its subject and tells who waits', async () => {
    const [one, two, asking] = await Promise.all([
      open({ url: server.url }),
      open({ url: server.url }),
      open({ url: server.url }),
    ])
    const leave = await one.broker.subscribe({ pattern: subject('slow'), serve: true }, deaf)
    await expect(two.broker.subscribe({ pattern: subject('slow'), serve: true }, deaf)).rejects.toMatchObject({
      code: 'already_served',
    })
    const questions = endsWithTest(await redisSubscriber(server.url, 'request.*.slow', { command: 'PSUBSCRIBE' }))
    const asked = ask(asking.broker, 'slow')
    const refused = expect(asked).rejects.toMatchObject({ code: 'no_responders' })
    await questions.next()
    await leave()
    await refused
    await serve(two.broker, 'slow', () => [{ payload: 'other' }])
    expect(text(await ask(asking.broker, 'slow'))).toBe('other')
  })

  it('find the server again after its link was lost, unless another relay has taken the subject', async () => {
    const terms = { leaseMs: 300, renewEveryMs: 100, keepMs: 60_000 }
    const proxy = endsWithTest(await openProxy(server.port))
    const { broker, statuses } = await open({ url: `redis://127.0.0.1:${proxy.port}` }, terms)
    const other = (await open({ url: server.url }, terms)).broker
    const ended: string[] = []
    for (const name of ['kept', 'taken'])
      await broker.subscribe(
        { pattern: subject(name), serve: true },
        {
          deliver: ({ responseSubject }) =>
            void broker.publish({ subject: responseSubject as Pattern, payload: 'first' }),
          ended: ({ code }) => ended.push(`${name} ${code}`),
        },
      )
    proxy.refuse()
    proxy.cut()
    await expect.poll(() => statuses).toEqual(['up', 'down'])
    // Until the lease of the first has ended it is refused.
    await expect
      .poll(() =>
        serve(other, 'taken', () => [{ payload: 'second' }]).then(
          () => 'served',
          ({ code }) => code,
        ),
      )
      .toBe('served')
    await proxy.accept()
    await expect.poll(() => statuses).toEqual(['up', 'down', 'up'])
    expect(ended).toEqual(['taken already_served'])
    expect([text(await ask(other, 'kept')), text(await ask(broker, 'taken'))]).toEqual(['first', 'second'])
  })

  it('find nobody at once also where somebody listens to everything', async () => {
    const { broker } = await open({ url: server.url })
    const all = await listen(broker, '**')
    await listen(broker, '*.b')
    await expect(ask(broker, 'a.b')).rejects.toMatchObject({ code: 'no_responders' })
    await publish(broker, 'end')
    expect((await all.take(1)).map(({ subject }) => subject)).toEqual(['end'])
  })

  it('may be long: derived subjects exceed those of clients', async () => {
    const { broker } = await open({ url: server.url })
    const long = `${'s'.repeat(190)}${'.x'.repeat(31)}`
    await serve(broker, long, ({ responseSubject }) => [{ payload: responseSubject as string }])
    expect(text(await ask(broker, long))).toMatch(new RegExp(`^response\\.[^.]{26}\\.${long}$`))
  })

  it('that nobody waits for any more are counted, as is what is no answer', async () => {
    const { broker, dropped } = await open({ url: server.url })
    const questions = endsWithTest(await redisSubscriber(server.url, 'request.*.a', { command: 'PSUBSCRIBE' }))
    const asked = ask(broker, 'a')
    const { channel } = await questions.next()
    const rest = channel.slice('request.'.length)
    await cli('PUBLISH', `_error.${rest}`, 'not json')
    await cli('PUBLISH', `_error.${rest}`, '{"code":1}')
    await cli('PUBLISH', `response.${rest}`, 'first')
    await cli('PUBLISH', `response.${rest}`, 'second')
    expect(text(await asked)).toBe('first')
    const gone = new AbortController()
    const given = broker.request?.({ subject: subject('a'), payload: '' }, { timeoutMs, signal: gone.signal })
    const late = (await questions.next()).channel.replace('request', 'response')
    gone.abort(new WildcastError('interrupted', 'gave up'))
    await expect(given).rejects.toMatchObject({ code: 'interrupted' })
    await cli('PUBLISH', late, 'late')
    await expect.poll(() => dropped).toEqual(['foreign_message', 'foreign_message', 'late_answer', 'late_answer'])
  })

  it('say what Redis can not carry', async () => {
    const { broker } = await open({ url: server.url })
    const unsupported = { code: 'unsupported' }
    await expect(broker.publish({ subject: subject('a'), payload: '', more: true })).rejects.toMatchObject(unsupported)
    await expect(
      broker.publish({ subject: subject('a'), payload: '', responseSubject: subject('b') }),
    ).rejects.toMatchObject(unsupported)
    await expect(
      broker.publish({ subject: subject('a'), payload: '', headers: new Map([['a', 'b']]) }),
    ).rejects.toMatchObject(unsupported)
    await expect(broker.publish({ subject: 'a.*' as Pattern, payload: '' })).rejects.toMatchObject(unsupported)
  })
})
