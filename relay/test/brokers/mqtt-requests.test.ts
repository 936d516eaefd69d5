import type { BrokerMessage, Subject } from '@wildcast/protocol'
import { connect as mqttClient } from 'mqtt'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { fakeClock } from '../../src/testing/fake-clock.js'
import { Inbox } from '../../src/testing/inbox.js'
import { listener } from '../../src/testing/listener.js'
import { runToEnd } from '../servers/child.js'
import { endsWithTest } from '../servers/ends-with-test.js'
import { type Mosquitto, startMosquitto } from '../servers/mosquitto.js'
import { mosquittoPub } from '../servers/mosquitto-clients.js'
import { openProxy } from '../servers/tcp-proxy.js'
import { streamBetween, text } from './link.js'
import { five, mqttLink, spy } from './mqtt-link.js'

let server: Mosquitto
beforeAll(async () => {
  // What it has taken waits there for confirmations, one by one.
  server = await startMosquitto({ config: 'max_inflight_messages 1' })
  return server.kill
})

describe('requests over MQTT 5', () => {
  it('over several relays go to one server each', async () => {
    const links = [await mqttLink(server.url), await mqttLink(server.url), await mqttLink(server.url)]
    const taken: string[] = []
    for (const [i, { serve }] of links.entries())
      await serve('shared.work', (question) => {
        taken.push(text(question))
        return [{ payload: `${i}` }]
      })
    const asked = Array.from({ length: 30 }, (_, i) => `${i}`)
    const answers = await Promise.all(asked.map((i) => links[0]?.request('shared.work', i)))
    expect(taken.sort()).toEqual(asked.sort())
    expect(new Set(answers.map(text))).toEqual(new Set(['0', '1', '2']))
  })

  it('of a stranger are served, with the correlation data of the question', async () => {
    const { serve } = await mqttLink(server.url)
    await serve('math.sum', (question) => [{ payload: `${text(question)}=3` }])
    const words = ['-h', '127.0.0.1', '-p', `${server.port}`, ...five, '-W', '30', '-F', '%p %D']
    const answer = await runToEnd('mosquitto_rr', [
      ...words,
      '-t',
      'math/sum',
      '-e',
      'my/answers',
      '-m',
      '1+2',
      '-D',
      'publish',
      'correlation-data',
      'first',
    ])
    expect(answer.toString().trim()).toBe('1+2=3 first')
  })

  it('are answered by strangers, with parts and failures where they say so', async () => {
    const client = mqttClient(server.url, { protocolVersion: 5, reconnectPeriod: 0 })
    onTestFinished(() => void client.end(true))
    await client.subscribeAsync('strange/#')
    client.on('message', (_, payload, { properties: { responseTopic = '', correlationData } = {} }) => {
      const say = (answer: string, userProperties = {}): void => {
        client.publish(responseTopic, answer, {
          properties: { ...(correlationData && { correlationData }), userProperties },
        })
      }
      say('part', { 'wildcast-more': '1' })
      say(`${payload}!`, { trace: '7' })
      say('too late', { late: 'yes' })
    })
    const { request, dropped } = await mqttLink(server.url)
    const parts: string[] = []
    const answer = await request('strange.thing', 'hello', (part) => parts.push(text(part)))
    expect([parts, text(answer), answer.subject, answer.headers]).toEqual([
      ['part'],
      'hello!',
      'strange.thing',
      [['trace', '7']],
    ])
    await expect.poll(() => dropped).toEqual(['late_answer'])
  })

  it('may fail with what their server says', async () => {
    const { serve, request } = await mqttLink(server.url)
    const error = { code: 'out of stock', message: 'nothing left:\r\n100% gone' }
    await serve('shop.buy', () => [{ error }])
    expect((await request('shop.buy')).error).toEqual(error)
  })

  it('and plain publishes stay apart: servers get no publishes, subscribers may answer', async () => {
    const { listen, serve, request, publish } = await mqttLink(server.url)
    const asked: string[] = []
    await serve('both.ways', (question) => {
      asked.push(text(question))
      return [{ payload: 'answer' }]
    })
    await publish('both.ways', 'published')
    expect(text(await request('both.ways', 'asked'))).toBe('answer')
    expect(asked).toEqual(['asked'])
    const inbox = await listen('heard.by.*')
    const answer = request('heard.by.all', 'anybody?')
    const [question] = (await inbox.take(1)) as [BrokerMessage]
    await publish(question.responseSubject as Subject, 'me')
    expect(text(await answer)).toBe('me')
  })

  it('that are answered twice are answered once; the rest is counted', async () => {
    const { serve, request, publish, dropped } = await mqttLink(server.url)
    const questions = new Inbox()
    await serve('twice', (question) => {
      questions.put(question)
      return []
    })
    const answer = request('twice')
    const [{ responseSubject = '' }] = (await questions.take(1)) as [BrokerMessage]
    await publish(responseSubject, '1')
    expect(text(await answer)).toBe('1')
    await publish(responseSubject, '2')
    expect(dropped).toEqual(['late_answer'])
  })

  it('of strangers are answered with their correlation data also where the link was lost meanwhile', async () => {
    const clock = fakeClock()
    const proxy = endsWithTest(await openProxy(server.port))
    const { listen, serve, publish, statuses } = await mqttLink(`mqtt://127.0.0.1:${proxy.port}`, {}, { clock })
    const heard = await listen('asked.heard')
    const served = new Inbox()
    await serve('asked.served', (question) => {
      served.put(question)
      return []
    })
    const there = await spy(server.port, 'reply/to')
    const bears = (name: string, value: string): string[] => ['-D', 'publish', name, value]
    for (const name of ['heard', 'served']) {
      const flags = [...five, ...bears('response-topic', 'reply/to'), ...bears('correlation-data', name)]
      await mosquittoPub(server.port, `asked/${name}`, '', flags)
    }
    const questions = [...(await heard.take(1)), ...(await served.take(1))]
    proxy.cut()
    await expect.poll(() => statuses).toContain('down')
    clock.advance(100)
    await expect.poll(() => statuses.at(-1)).toBe('up')
    for (const { responseSubject = '' } of questions) await publish(responseSubject)
    for (const name of ['heard', 'served'])
      expect((await there.next()).properties).toEqual({ 'correlation-data': name })
  })

  it('end early, and leave nothing behind', async () => {
    const clock = fakeClock()
    const { broker, listen, serve, dropped } = await mqttLink(server.url, {}, { clock })
    const questions = await listen('stop.*')
    const abort = new AbortController()
    const ask = (timeoutMs: number): Promise<BrokerMessage> | undefined =>
      broker.request?.({ subject: 'stop.it' as Subject, payload: '' }, { timeoutMs, signal: abort.signal })
    const timedOut = expect(ask(50)).rejects.toMatchObject({ code: 'timeout' })
    await questions.take(1)
    clock.advance(50)
    await timedOut
    const aborted = expect(ask(60_000)).rejects.toThrow('enough')
    await questions.take(1)
    abort.abort(new Error('enough'))
    await aborted
    await serve('stop.it', () => [])
    for (const { responseSubject } of await mqttLink(server.url).then(async ({ request, listen }) => {
      const late = await listen('stop.it')
      request('stop.it').catch(() => {})
      return late.take(1)
    }))
      expect(responseSubject).toMatch(/^_answer\./)
    expect(dropped).toEqual([])
  })

  it('fail at once when the link breaks', async () => {
    const own = await startMosquitto()
    onTestFinished(() => own.kill())
    const { broker, serve } = await mqttLink(own.url)
    const questions = new Inbox()
    await serve('cut', (question) => {
      questions.put(question)
      return []
    })
    const asked = expect(
      broker.request?.({ subject: 'cut' as Subject, payload: '' }, { timeoutMs: 60_000 }),
    ).rejects.toMatchObject({ code: 'interrupted' })
    await questions.take(1)
    await own.kill()
    await asked
  })

  it('to a server that leaves while questions are under way are all told', async () => {
    const serving = await mqttLink(server.url)
    const askers = await Promise.all(Array.from({ length: 10 }, () => mqttLink(server.url)))
    const questions = new Inbox()
    const leave = await serving.broker.subscribe(
      { pattern: 'leaving' as Subject, serve: true },
      listener((question) => questions.put(question)),
    )
    const asked = askers.flatMap(({ request }) => Array.from({ length: 10 }, () => request('leaving')))
    const answers = asked.map((answer) => answer.catch(({ code }) => code as string))
    await questions.take(1)
    await leave()
    expect(new Set(await Promise.all(answers))).toEqual(new Set(['no_responders']))
  })

  it('to a relay that closes are told, too', async () => {
    const [asking, serving] = [await mqttLink(server.url), await mqttLink(server.url)]
    const questions = new Inbox()
    await serving.serve('closing', (question) => {
      questions.put(question)
      return []
    })
    const asked = expect(asking.request('closing')).rejects.toMatchObject({ code: 'no_responders' })
    await questions.take(1)
    await serving.broker.close()
    await asked
  })
})

it('answers are heard by nobody else', async () => {
  const { listen, serve, request } = await mqttLink(server.url)
  const everything = await listen('**')
  await serve('private', () => [{ payload: 'answer' }])
  await request('private', 'question')
  const there = await spy(server.port, 'end')
  await (await mqttLink(server.url)).publish('end')
  await there.next()
  expect((await everything.take(2)).map(({ subject }) => subject)).toEqual(['private', 'end'])
})

it('parts of an answer are refused once the relay of the asker has left', async () => {
  const [asking, serving] = [await mqttLink(server.url), await mqttLink(server.url)]
  const { refusal } = await streamBetween(asking, serving)
  await asking.broker.close()
  expect(await refusal()).toMatchObject({ code: 'interrupted' })
})
