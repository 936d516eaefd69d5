import { type Pattern, WildcastError } from '@wildcast/protocol'
import { beforeAll, describe, expect, it } from 'vitest'
import { newId } from '../../src/node/new-id.js'
import { deaf } from '../../src/testing/listener.js'
import { endsWithTest } from '../servers/ends-with-test.js'
import { type Redis, startRedis } from '../servers/redis.js'
import { redisCli, redisSubscriber } from '../servers/redis-cli.js'
import { openProxy } from '../servers/tcp-proxy.js'
import { text } from './link.js'
import { foreignClient, listen, open, publish, request, serve, subject, timeoutMs } from './redis-link.js'

let server: Redis

beforeAll(async () => {
  server = await startRedis()
  return server.stop
})

const cli = (...words: string[]): Promise<string> => redisCli(server.url, words)

describe('requests over Redis', () => {
  it('are answered by a foreign service of the original scheme', async () => {
    const { broker } = await open({ url: server.url })
    const service = foreignClient(server.url)
    const publisher = foreignClient(server.url)
    await service.psubscribe('request.*.math.sum')
    service.on('pmessage', (_, channel, payload) => {
      void publisher.publish(channel.replace('request.', 'response.'), `${payload}=3`)
    })
    expect(text(await request(broker, 'math.sum', '1+2'))).toBe('1+2=3')
  })

  it('of a foreign client of the original scheme are answered by our server', async () => {
    const { broker } = await open({ url: server.url })
    const received: string[] = []
    await serve(broker, 'math.sum', (request) => {
      received.push(`${request.subject} ${request.responseSubject}`)
      return [{ payload: 'a part', more: true }, { payload: '3' }]
    })
    const id = newId()
    const answers = endsWithTest(await redisSubscriber(server.url, `response.${id}.math.sum`))
    expect(await cli('PUBLISH', `request.${id}.math.sum`, '1+2')).toBe('1')
    expect(await answers.next()).toMatchObject({ payload: Buffer.from('3') })
    expect(received).toEqual([`math.sum response.${id}.math.sum`])
  })

  it('share three subscriptions for their answers, and leave nothing else behind', async () => {
    const { broker } = await open({ url: server.url })
    await serve(broker, 'echo', ({ payload }) => [{ payload }])
    const before = Number(await cli('PUBSUB', 'NUMPAT'))
    const answers = await Promise.all(Array.from({ length: 100 }, (_, i) => request(broker, 'echo', `${i}`)))
    expect(answers.map(text)).toEqual(Array.from({ length: 100 }, (_, i) => `${i}`))
    expect(Number(await cli('PUBSUB', 'NUMPAT')) - before).toBe(3)
    expect(await cli('PUBSUB', 'CHANNELS')).toMatch(/^_echo\.\w+$/)
  })

  it('have ids that are ULIDs with 80 random bits each', async () => {
    const { broker } = await open({ url: server.url })
    const requests = endsWithTest(await redisSubscriber(server.url, 'request.*', { command: 'PSUBSCRIBE' }))
    const answers = [request(broker, 'a'), request(broker, 'a')]
    const ids = [await requests.next(), await requests.next()].map(({ channel }) => channel.split('.')[1] as string)
    for (const id of ids) expect(id).toMatch(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/)
    expect(ids[0]?.slice(0, 10)).toBe(ids[1]?.slice(0, 10))
    expect(ids[0]?.slice(10)).not.toBe(ids[1]?.slice(10))
    for (const id of ids) await cli('PUBLISH', `response.${id}.a`, id)
    expect((await Promise.all(answers)).map(text)).toEqual(ids)
  })

  it('bring parts in order, and refusals, over two relays', async () => {
    const [requesting, serving] = [(await open({ url: server.url })).broker, (await open({ url: server.url })).broker]
    const error = { code: 'too_hard', message: 'line\nbreak "ü"' }
    await serve(serving, 'count', () => [{ payload: '1', more: true }, { payload: '2', more: true }, { payload: '3' }])
    await serve(serving, 'refuse', () => [{ payload: '', error }])
    const parts: string[] = []
    const last = await requesting.request?.(
      { subject: subject('count'), payload: '' },
      { timeoutMs, onPart: (part) => parts.push(text(part)) },
    )
    expect(parts).toEqual(['1', '2'])
    expect(text(last)).toBe('3')
    expect(await request(requesting, 'refuse')).toMatchObject({ subject: 'refuse', error })
  })

  it('reach one server over all relays; when it leaves, they reject and its subject is free', async () => {
    const [one, two, requesting] = await Promise.all([
      open({ url: server.url }),
      open({ url: server.url }),
      open({ url: server.url }),
    ])
    const leave = await one.broker.subscribe({ pattern: subject('slow'), serve: true }, deaf)
    await expect(two.broker.subscribe({ pattern: subject('slow'), serve: true }, deaf)).rejects.toMatchObject({
      code: 'already_served',
    })
    const requests = endsWithTest(await redisSubscriber(server.url, 'request.*.slow', { command: 'PSUBSCRIBE' }))
    const refused = expect(request(requesting.broker, 'slow')).rejects.toMatchObject({ code: 'no_responders' })
    await requests.next()
    await leave()
    await refused
    await serve(two.broker, 'slow', () => [{ payload: 'other' }])
    expect(text(await request(requesting.broker, 'slow'))).toBe('other')
  })

  it('reach the server again after its link was lost, unless another relay has taken the subject', async () => {
    const leaseTimes = { leaseMs: 300, renewEveryMs: 100, keepMs: 60_000 }
    const proxy = endsWithTest(await openProxy(server.port))
    const { broker, statuses } = await open({ url: `redis://127.0.0.1:${proxy.port}` }, leaseTimes)
    const other = (await open({ url: server.url }, leaseTimes)).broker
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
    // Rejects until the lease of the first has expired.
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
    expect(text(await request(other, 'kept'))).toBe('first')
    expect(text(await request(broker, 'taken'))).toBe('second')
  })

  it('fail at once without a server, even if a subscriber has all subjects', async () => {
    const { broker } = await open({ url: server.url })
    const all = await listen(broker, '**')
    await listen(broker, '*.b')
    await expect(request(broker, 'a.b')).rejects.toMatchObject({ code: 'no_responders' })
    await publish(broker, 'end')
    expect((await all.take(1)).map(({ subject }) => subject)).toEqual(['end'])
  })

  it('fail at once even if a subject with the same end is served, since globs cross dots', async () => {
    const { broker } = await open({ url: server.url })
    await serve(broker, 'ends.alike', () => [{ payload: 'shorter' }])
    await expect(request(broker, 'it.ends.alike')).rejects.toMatchObject({ code: 'no_responders' })
    const undo = await serve(broker, 'it.ends.alike', () => [{ payload: 'longer' }])
    expect(text(await request(broker, 'it.ends.alike'))).toBe('longer')
    await undo()
    await expect(request(broker, 'it.ends.alike')).rejects.toMatchObject({ code: 'no_responders' })
    expect(text(await request(broker, 'ends.alike'))).toBe('shorter')
  })

  it('may be long: derived subjects exceed those of clients', async () => {
    const { broker } = await open({ url: server.url })
    const long = `${'s'.repeat(190)}${'.x'.repeat(31)}`
    await serve(broker, long, ({ responseSubject }) => [{ payload: responseSubject as string }])
    expect(text(await request(broker, long))).toMatch(new RegExp(`^response\\.[^.]{26}\\.${long}$`))
  })

  it('count late answers, and messages that are no answers', async () => {
    const { broker, dropped } = await open({ url: server.url })
    const requests = endsWithTest(await redisSubscriber(server.url, 'request.*.a', { command: 'PSUBSCRIBE' }))
    const answer = request(broker, 'a')
    const { channel } = await requests.next()
    const rest = channel.slice('request.'.length)
    await cli('PUBLISH', `_error.${rest}`, 'not json')
    await cli('PUBLISH', `_error.${rest}`, '{"code":1}')
    await cli('PUBLISH', `response.${rest}`, 'first')
    await cli('PUBLISH', `response.${rest}`, 'second')
    expect(text(await answer)).toBe('first')
    const abort = new AbortController()
    const aborted = broker.request?.({ subject: subject('a'), payload: '' }, { timeoutMs, signal: abort.signal })
    const late = (await requests.next()).channel.replace('request', 'response')
    abort.abort(new WildcastError('interrupted', 'gave up'))
    await expect(aborted).rejects.toMatchObject({ code: 'interrupted' })
    await cli('PUBLISH', late, 'late')
    await expect.poll(() => dropped).toEqual(['foreign_message', 'foreign_message', 'late_answer', 'late_answer'])
  })

  it('reject what Redis cannot carry', async () => {
    const { broker } = await open({ url: server.url })
    const unsupported = { code: 'unsupported' }
    await expect(broker.publish({ subject: subject('a'), payload: '', more: true })).rejects.toMatchObject(unsupported)
    await expect(
      broker.publish({ subject: subject('a'), payload: '', responseSubject: subject('b') }),
    ).rejects.toMatchObject(unsupported)
    await expect(broker.publish({ subject: subject('a'), payload: '', headers: [['a', 'b']] })).rejects.toMatchObject(
      unsupported,
    )
    await expect(broker.publish({ subject: 'a.*' as Pattern, payload: '' })).rejects.toMatchObject(unsupported)
  })
})
