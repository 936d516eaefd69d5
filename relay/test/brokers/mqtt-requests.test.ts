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
  // The server delivers the next message when the last one is confirmed.
  server = await startMosquitto({ config: 'max_inflight_messages 1' })
  return server.kill
})

describe('requests over MQTT 5', () => {
  it('with responders on several relays go to one of them each', async () => {
    const links = [await mqttLink(server.url), await mqttLink(server.url), await mqttLink(server.url)]
    const taken: string[] = []
    for (const [i, { serve }] of links.entries())
      await serve('shared.work', (request) => {
        taken.push(text(request))
        return [{ payload: `${i}` }]
      })
    const sent = Array.from({ length: 30 }, (_, i) => `${i}`)
    const answers = await Promise.all(sent.map((i) => links[0]?.request('shared.work', i)))
    expect(taken.sort()).toEqual(sent.sort())
    expect(new Set(answers.map(text))).toEqual(new Set(['0', '1', '2']))
  })

  it('of another client are answered, with the correlation data of the request', async () => {
    const { serve } = await mqttLink(server.url)
    await serve('math.sum', (request) => [{ payload: `${text(request)}=3` }])
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

  it('are answered by other clients, in parts if they mark them', async () => {
    const client = mqttClient(server.url, { protocolVersion: 5, reconnectPeriod: 0 })
    onTestFinished(() => void client.end(true))
    await client.subscribeAsync('strange/#')
    client.on('message', (_, payload, { properties: { responseTopic = '', correlationData } = {} }) => {
      const respond = (answer: string, userProperties = {}): void => {
        client.publish(responseTopic, answer, {
          properties: { ...(correlationData && { correlationData }), userProperties },
        })
      }
      respond('part', { 'wildcast-more': '1' })
      respond(`${payload}!`, { trace: '7' })
      respond('too late', { late: 'yes' })
    })
    const { request, dropped } = await mqttLink(server.url)
    const parts: string[] = []
    const answer = await request('strange.thing', 'hello', (part) => parts.push(text(part)))
    expect(parts).toEqual(['part'])
    expect(text(answer)).toBe('hello!')
    expect(answer).toMatchObject({ subject: 'strange.thing', headers: [['trace', '7']] })
    await expect.poll(() => dropped).toEqual(['late_answer'])
  })

  it('may fail with the error of their responder', async () => {
    const { serve, request } = await mqttLink(server.url)
    const error = { code: 'out of stock', message: 'nothing left:\r\n100% gone' }
    await serve('shop.buy', () => [{ error }])
    expect((await request('shop.buy')).error).toEqual(error)
  })

  it('and publishes are separate: responders get no publishes, and subscribers can answer', async () => {
    const { listen, serve, request, publish } = await mqttLink(server.url)
    const received: string[] = []
    await serve('both.ways', (request) => {
      received.push(text(request))
      return [{ payload: 'answer' }]
    })
    await publish('both.ways', 'published')
    expect(text(await request('both.ways', 'asked'))).toBe('answer')
    expect(received).toEqual(['asked'])
    const inbox = await listen('received.by.*')
    const answer = request('received.by.all', 'hello')
    const [{ responseSubject = '' }] = (await inbox.take(1)) as [BrokerMessage]
    await publish(responseSubject, 'me')
    expect(text(await answer)).toBe('me')
  })

  it('get their first answer, and a second one is counted', async () => {
    const { serve, request, publish, dropped } = await mqttLink(server.url)
    const requests = new Inbox()
    await serve('twice', (request) => {
      requests.put(request)
      return []
    })
    const answer = request('twice')
    const [{ responseSubject = '' }] = (await requests.take(1)) as [BrokerMessage]
    await publish(responseSubject, '1')
    expect(text(await answer)).toBe('1')
    await publish(responseSubject, '2')
    expect(dropped).toEqual(['late_answer'])
  })

  it('of other clients get their correlation data after the link was lost, too', async () => {
    const clock = fakeClock()
    const proxy = endsWithTest(await openProxy(server.port))
    const { listen, serve, publish, statuses } = await mqttLink(`mqtt://127.0.0.1:${proxy.port}`, {}, { clock })
    const messages = await listen('asked.message')
    const requests = new Inbox()
    await serve('asked.request', (request) => {
      requests.put(request)
      return []
    })
    const other = await spy(server.port, 'reply/to')
    const property = (name: string, value: string): string[] => ['-D', 'publish', name, value]
    for (const name of ['message', 'request']) {
      const flags = [...five, ...property('response-topic', 'reply/to'), ...property('correlation-data', name)]
      await mosquittoPub(server.port, `asked/${name}`, '', flags)
    }
    const both = [...(await messages.take(1)), ...(await requests.take(1))]
    proxy.cut()
    await expect.poll(() => statuses).toContain('down')
    clock.advance(100)
    await expect.poll(() => statuses.at(-1)).toBe('up')
    for (const { responseSubject = '' } of both) await publish(responseSubject)
    for (const name of ['message', 'request'])
      expect((await other.next()).properties).toEqual({ 'correlation-data': name })
  })

  it('that end early leave nothing behind', async () => {
    const clock = fakeClock()
    const { broker, listen, serve, dropped } = await mqttLink(server.url, {}, { clock })
    const requests = await listen('stop.*')
    const abort = new AbortController()
    const send = (timeoutMs: number): Promise<BrokerMessage> | undefined =>
      broker.request?.({ subject: 'stop.it' as Subject, payload: '' }, { timeoutMs, signal: abort.signal })
    const timedOut = expect(send(50)).rejects.toMatchObject({ code: 'timeout' })
    await requests.take(1)
    clock.advance(50)
    await timedOut
    const aborted = expect(send(60_000)).rejects.toThrow('enough')
    await requests.take(1)
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
    const requests = new Inbox()
    await serve('cut', (request) => {
      requests.put(request)
      return []
    })
    const refused = expect(
      broker.request?.({ subject: 'cut' as Subject, payload: '' }, { timeoutMs: 60_000 }),
    ).rejects.toMatchObject({ code: 'interrupted' })
    await requests.take(1)
    await own.kill()
    await refused
  })

  it('are refused when their responder leaves while they are on their way', async () => {
    const responder = await mqttLink(server.url)
    const requesters = await Promise.all(Array.from({ length: 10 }, () => mqttLink(server.url)))
    const requests = new Inbox()
    const leave = await responder.broker.subscribe(
      { pattern: 'leaving' as Subject, serve: true },
      listener((request) => requests.put(request)),
    )
    const sent = requesters.flatMap(({ request }) => Array.from({ length: 10 }, () => request('leaving')))
    const answers = sent.map((answer) => answer.catch(({ code }) => code as string))
    await requests.take(1)
    await leave()
    expect(new Set(await Promise.all(answers))).toEqual(new Set(['no_responders']))
  })

  it('are refused when the relay of their responder closes', async () => {
    const [requester, responder] = [await mqttLink(server.url), await mqttLink(server.url)]
    const requests = new Inbox()
    await responder.serve('closing', (request) => {
      requests.put(request)
      return []
    })
    const refused = expect(requester.request('closing')).rejects.toMatchObject({ code: 'no_responders' })
    await requests.take(1)
    await responder.broker.close()
    await refused
  })
})

it('answers are delivered to the requester only', async () => {
  const { listen, serve, request } = await mqttLink(server.url)
  const everything = await listen('**')
  await serve('private', () => [{ payload: 'answer' }])
  await request('private', 'request')
  const other = await spy(server.port, 'end')
  await (await mqttLink(server.url)).publish('end')
  await other.next()
  expect((await everything.take(2)).map(({ subject }) => subject)).toEqual(['private', 'end'])
})

it('parts of an answer are refused once the relay of the requester has left', async () => {
  const [requester, responder] = [await mqttLink(server.url), await mqttLink(server.url)]
  const { refusal } = await streamBetween(requester, responder)
  await requester.broker.close()
  expect(await refusal()).toMatchObject({ code: 'interrupted' })
})
