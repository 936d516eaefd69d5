import { type Pattern, WildcastError } from '@wildcast/protocol'
import { beforeAll, describe, expect, it } from 'vitest'
import { newId } from '../../src/node/new-id.js'
import { deaf } from '../../src/testing/listener.js'
import { endsWithTest } from '../servers/ends-with-test.js'
import { type Redis, startRedis } from '../servers/redis.js'
import { redisCli, redisSubscriber } from '../servers/redis-cli.js'
import { openProxy } from '../servers/tcp-proxy.js'
import { text } from './link.js'
import { ask, listen, open, publish, serve, stranger, subject, timeoutMs } from './redis-link.js'

let server: Redis

beforeAll(async () => {
  server = await startRedis()
  return server.stop
})

const cli = (...words: string[]): Promise<string> => redisCli(server.url, words)

describe('requests over Redis', () => {
  it('are answered by a foreign service of the original scheme', async () => {
    const { broker } = await open({ url: server.url })
    const service = stranger(server.url)
    const talker = stranger(server.url)
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

  it('find nobody at once also where a name is served that ends alike, since globs cross dots', async () => {
    const { broker } = await open({ url: server.url })
    await serve(broker, 'ends.alike', () => [{ payload: 'shorter' }])
    await expect(ask(broker, 'it.ends.alike')).rejects.toMatchObject({ code: 'no_responders' })
    const undo = await serve(broker, 'it.ends.alike', () => [{ payload: 'longer' }])
    expect(text(await ask(broker, 'it.ends.alike'))).toBe('longer')
    await undo()
    await expect(ask(broker, 'it.ends.alike')).rejects.toMatchObject({ code: 'no_responders' })
    expect(text(await ask(broker, 'ends.alike'))).toBe('shorter')
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
    await expect(broker.publish({ subject: subject('a'), payload: '', headers: [['a', 'b']] })).rejects.toMatchObject(
      unsupported,
    )
    await expect(broker.publish({ subject: 'a.*' as Pattern, payload: '' })).rejects.toMatchObject(unsupported)
  })
})
