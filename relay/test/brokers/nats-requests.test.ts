import { parseSubject } from '@wildcast/protocol'
import { beforeAll, describe, expect, it } from 'vitest'
import { endsWithTest } from '../servers/ends-with-test.js'
import { type Nats, startNats } from '../servers/nats.js'
import { openProxy } from '../servers/tcp-proxy.js'
import { streamBetween, text } from './link.js'
import { natsLink, stranger } from './nats-link.js'

let server: Nats
beforeAll(async () => {
  server = await startNats()
  return server.stop
})

describe('a reply subject', () => {
  it('is sent to NATS with a publish, and receives the answer (SP-BRK-7)', async () => {
    const { listen, publish } = await natsLink(server)
    const answers = await listen('answers.here')
    const other = await stranger(server)
    other.subscribe('ask.me', { callback: (_, msg) => void msg.respond(`to ${msg.reply}`) })
    await other.flush()
    await publish('ask.me', '', { responseSubject: parseSubject('answers.here') })
    expect((await answers.take(1)).map(text)).toEqual(['to answers.here'])
  })

  it('of another client can be answered by a subscriber', async () => {
    const { listen, publish } = await natsLink(server)
    const inbox = await listen('ask.us')
    const other = await stranger(server)
    const answer = other.request('ask.us', '?', { timeout: 60_000 })
    const [request] = await inbox.take(1)
    await publish(request?.responseSubject ?? '', 'answer')
    expect((await answer).string()).toBe('answer')
  })
})

describe('a request', () => {
  it('is answered by another client (SP-GW-7)', async () => {
    const { request } = await natsLink(server)
    const other = await stranger(server)
    other.subscribe('service', { queue: 'q', callback: (_, msg) => void msg.respond(`${msg.string()}!`) })
    await other.flush()
    const answer = await request('service', 'hello')
    expect({ subject: answer.subject, payload: text(answer) }).toEqual({ subject: 'service', payload: 'hello!' })
  })

  it('is answered by the responder of another relay, in parts, or with a failure', async () => {
    const [requester, responder] = [await natsLink(server), await natsLink(server)]
    await responder.serve('parts', () => [{ payload: '1', more: true }, { payload: '2', more: true }, { payload: '3' }])
    await responder.serve('fails', () => [{ error: { code: 'sold out', message: 'nothing left\r\n' } }])
    const parts: string[] = []
    const last = await requester.request('parts', '', (part) => parts.push(text(part)))
    expect([...parts, text(last)]).toEqual(['1', '2', '3'])
    expect((await requester.request('fails')).error).toEqual({ code: 'sold out', message: 'nothing left\r\n' })
  })

  it('of another client is answered', async () => {
    const { serve } = await natsLink(server)
    await serve('ours', (request) => [{ payload: `${text(request)}!` }])
    const other = await stranger(server)
    expect((await other.request('ours', 'hello', { timeout: 60_000 })).string()).toBe('hello!')
  })

  it('without a responder fails at once, also for another client', async () => {
    const { request } = await natsLink(server)
    await expect(request('unserved')).rejects.toMatchObject({ code: 'no_responders' })
    await expect((await stranger(server)).request('unserved')).rejects.toMatchObject({ code: '503' })
  })

  it('gets its own answer, and all requests share one subscription (SP-GW-6)', async () => {
    const { request, broker } = await natsLink(server)
    const other = await stranger(server)
    const received: { respond(payload: string): boolean; string(): string }[] = []
    other.subscribe('reversed', {
      callback: (_, msg) => {
        if (received.push(msg) === 200) for (const one of received.reverse()) one.respond(one.string())
      },
    })
    await other.flush()
    const numbers = Array.from({ length: 200 }, (_, i) => String(i))
    const answers = await Promise.all(numbers.map((number) => request('reversed', number)))
    expect(answers.map(text)).toEqual(numbers)
    const { connections } = (await (await fetch(`${server.monitor}/connz`)).json()) as {
      connections: { name?: string; subscriptions: number }[]
    }
    expect(connections.find(({ name }) => name === 'wildcast')?.subscriptions).toBe(1)
    await broker.close()
  })

  it('that is answered too late, or twice, counts a late answer', async () => {
    const { broker, dropped, serve } = await natsLink(server)
    let answerLate = (): void => {}
    await serve('twice', () => [{ payload: '1' }, { payload: '2' }])
    const send = (to: string, timeoutMs: number) =>
      broker.request?.({ subject: parseSubject(to), payload: '' }, { timeoutMs })
    expect(text(await send('twice', 60_000))).toBe('1')
    await expect.poll(() => dropped).toEqual(['late_answer'])
    const other = await stranger(server)
    other.subscribe('late', {
      callback: (_, msg) => {
        answerLate = () => void msg.respond('late')
      },
    })
    await other.flush()
    await expect(send('late', 1)).rejects.toMatchObject({ code: 'timeout' })
    await other.flush()
    answerLate()
    await expect.poll(() => dropped).toEqual(['late_answer', 'late_answer'])
  })

  it('that is pending when the link breaks fails', async () => {
    const dying = endsWithTest(await startNats())
    const { request, serve, statuses } = await natsLink(dying)
    await serve('silent', () => [])
    const answer = expect(request('silent')).rejects.toMatchObject({ code: 'interrupted' })
    await dying.kill()
    await answer
    await dying.restart()
    await expect.poll(() => statuses).toEqual(['up', 'down', 'up'])
    await serve('fine', () => [{ payload: 'again' }])
    expect(text(await request('fine'))).toBe('again')
  })
})

describe('a responder', () => {
  it('receives requests only; a publish without a reply subject is for subscribers', async () => {
    const { listen, publish, request, serve } = await natsLink(server)
    const received: string[] = []
    await serve('both', (request) => {
      received.push(text(request))
      return [{ payload: '' }]
    })
    const inbox = await listen('both')
    await publish('both', 'published')
    await request('both', 'asked')
    expect(received).toEqual(['asked'])
    // NATS delivers a request to subscribers as well.
    expect((await inbox.take(2)).map(text)).toEqual(['published', 'asked'])
  })

  it('shares requests with responders on other relays: one gets each request', async () => {
    const [one, two, requester] = [await natsLink(server), await natsLink(server), await natsLink(server)]
    for (const [name, { serve }] of Object.entries({ one, two })) await serve('spread', () => [{ payload: name }])
    const answers = await Promise.all(Array.from({ length: 100 }, () => requester.request('spread')))
    expect(new Set(answers.map(text))).toEqual(new Set(['one', 'two']))
    expect(requester.dropped).toEqual([])
  })

  it('that leaves ends its pending requests, of all relays and of other clients', async () => {
    const [requester, responder] = [await natsLink(server), await natsLink(server)]
    const received: string[] = []
    const leave = await responder.serve('leaves', (request) => {
      received.push(text(request))
      return text(request) === 'part' ? [{ payload: '', more: true }] : []
    })
    const other = await stranger(server)
    const refused = [
      expect(requester.request('leaves', 'first')).rejects.toMatchObject({ code: 'no_responders' }),
      expect(requester.request('leaves', 'part')).rejects.toMatchObject({ code: 'no_responders' }),
      expect(other.request('leaves', '?', { timeout: 60_000 })).rejects.toMatchObject({ code: '503' }),
    ]
    await expect.poll(() => received.length).toBe(3)
    await leave()
    await Promise.all(refused)
  })

  it('that has left refuses requests that were on their way', async () => {
    const proxy = endsWithTest(await openProxy(server.port))
    const [requester, responder] = [await natsLink(server), await natsLink({ url: `127.0.0.1:${proxy.port}` })]
    const leave = await responder.serve('gone', () => [])
    proxy.stall()
    const answer = expect(requester.request('gone')).rejects.toMatchObject({ code: 'no_responders' })
    await requester.publish('any') // so the server has sent the request
    const left = leave()
    proxy.flow()
    await answer
    await left
  })

  it('that leaves over a link that breaks meanwhile has left, and another can follow', async () => {
    const proxy = endsWithTest(await openProxy(server.port))
    const { serve, statuses, request } = await natsLink({ url: `127.0.0.1:${proxy.port}` })
    const leave = await serve('left', () => [])
    proxy.stall()
    const left = leave()
    proxy.cut()
    proxy.flow()
    await left
    await expect.poll(() => statuses).toEqual(['up', 'down', 'up'])
    await serve('left', () => [{ payload: 'again' }])
    expect(text(await request('left'))).toBe('again')
  })

  it('leaves with its link when that is closed', async () => {
    const [requester, responder] = [await natsLink(server), await natsLink(server)]
    const received: string[] = []
    await responder.serve('closes', (request) => {
      received.push(request.subject)
      return []
    })
    const answer = expect(requester.request('closes')).rejects.toMatchObject({ code: 'no_responders' })
    await expect.poll(() => received.length).toBe(1)
    await responder.broker.close()
    await answer
  })
})

it('parts of an answer are refused once the relay of the requester has left', async () => {
  const [requester, responder] = [await natsLink(server), await natsLink(server)]
  const { refusal } = await streamBetween(requester, responder)
  await requester.broker.close()
  expect(await refusal()).toMatchObject({ code: 'interrupted' })
})
