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
  it('reaches NATS with a publish, and the answer comes back on it (SP-BRK-7)', async () => {
    const { listen, publish } = await natsLink(server)
    const answers = await listen('answers.here')
    const there = await stranger(server)
    there.subscribe('ask.me', { callback: (_, msg) => void msg.respond(`to ${msg.reply}`) })
    await there.flush()
    await publish('ask.me', '', { responseSubject: parseSubject('answers.here') })
    expect((await answers.take(1)).map(text)).toEqual(['to answers.here'])
  })

  it('of a stranger is what a subscriber may answer on', async () => {
    const { listen, publish } = await natsLink(server)
    const inbox = await listen('ask.us')
    const there = await stranger(server)
    const answer = there.request('ask.us', '?', { timeout: 60_000 })
    const [question] = await inbox.take(1)
    await publish(question?.responseSubject ?? '', 'answer')
    expect((await answer).string()).toBe('answer')
  })
})

describe('a request', () => {
  it('is answered by a stranger (SP-GW-7)', async () => {
    const { request } = await natsLink(server)
    const there = await stranger(server)
    there.subscribe('service', { queue: 'q', callback: (_, msg) => void msg.respond(`${msg.string()}!`) })
    await there.flush()
    const answer = await request('service', 'hello')
    expect([answer.subject, text(answer)]).toEqual(['service', 'hello!'])
  })

  it('is answered by the server of another relay, in parts, or with a failure', async () => {
    const [asking, serving] = [await natsLink(server), await natsLink(server)]
    await serving.serve('parts', () => [{ payload: '1', more: true }, { payload: '2', more: true }, { payload: '3' }])
    await serving.serve('fails', () => [{ error: { code: 'sold out', message: 'nothing left\r\n' } }])
    const parts: string[] = []
    const last = await asking.request('parts', '', (part) => parts.push(text(part)))
    expect([...parts, text(last)]).toEqual(['1', '2', '3'])
    expect((await asking.request('fails')).error).toEqual({ code: 'sold out', message: 'nothing left\r\n' })
  })

  it('is answered to a stranger', async () => {
    const { serve } = await natsLink(server)
    await serve('ours', (question) => [{ payload: `${text(question)}!` }])
    const there = await stranger(server)
    expect((await there.request('ours', 'hello', { timeout: 60_000 })).string()).toBe('hello!')
  })

  it('that nobody hears ends at once, also for a stranger', async () => {
    const { request } = await natsLink(server)
    await expect(request('nobody')).rejects.toMatchObject({ code: 'no_responders' })
    await expect((await stranger(server)).request('nobody')).rejects.toMatchObject({ code: '503' })
  })

  it('has each its own answer, and all share one subscription (SP-GW-6)', async () => {
    const { request, broker } = await natsLink(server)
    const there = await stranger(server)
    const asked: { respond(payload: string): boolean; string(): string }[] = []
    there.subscribe('reversed', {
      callback: (_, msg) => {
        if (asked.push(msg) === 200) for (const one of asked.reverse()) one.respond(one.string())
      },
    })
    await there.flush()
    const numbers = Array.from({ length: 200 }, (_, i) => String(i))
    const answers = await Promise.all(numbers.map((number) => request('reversed', number)))
    expect(answers.map(text)).toEqual(numbers)
    const { connections } = (await (await fetch(`${server.monitor}/connz`)).json()) as {
      connections: { name?: string; subscriptions: number }[]
    }
    expect(connections.find(({ name }) => name === 'wildcast')?.subscriptions).toBe(1)
    await broker.close()
  })

  it('that is answered too late, or twice, is counted', async () => {
    const { broker, dropped, serve } = await natsLink(server)
    let answerLate = (): void => {}
    await serve('twice', () => [{ payload: '1' }, { payload: '2' }])
    const asking = (to: string, timeoutMs: number) =>
      broker.request?.({ subject: parseSubject(to), payload: '' }, { timeoutMs })
    expect(text(await asking('twice', 60_000))).toBe('1')
    await expect.poll(() => dropped).toEqual(['late_answer'])
    const there = await stranger(server)
    there.subscribe('late', {
      callback: (_, msg) => {
        answerLate = () => void msg.respond('late')
      },
    })
    await there.flush()
    await expect(asking('late', 1)).rejects.toMatchObject({ code: 'timeout' })
    await there.flush()
    answerLate()
    await expect.poll(() => dropped).toEqual(['late_answer', 'late_answer'])
  })

  it('that is under way when the link breaks fails', async () => {
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

describe('a server', () => {
  it('gets what asks for an answer only; a publish without a reply subject is for subscribers', async () => {
    const { listen, publish, request, serve } = await natsLink(server)
    const asked: string[] = []
    await serve('both', (question) => {
      asked.push(text(question))
      return [{ payload: '' }]
    })
    const inbox = await listen('both')
    await publish('both', 'published')
    await request('both', 'asked')
    expect(asked).toEqual(['asked'])
    // NATS brings a request to subscribers as well.
    expect((await inbox.take(2)).map(text)).toEqual(['published', 'asked'])
  })

  it('shares requests with those on other relays: each has one taker', async () => {
    const [one, two, asking] = [await natsLink(server), await natsLink(server), await natsLink(server)]
    for (const [name, { serve }] of Object.entries({ one, two })) await serve('spread', () => [{ payload: name }])
    const answers = await Promise.all(Array.from({ length: 100 }, () => asking.request('spread')))
    expect(new Set(answers.map(text))).toEqual(new Set(['one', 'two']))
    expect(asking.dropped).toEqual([])
  })

  it('that leaves tells who waits for it, on all relays, and strangers', async () => {
    const [asking, serving] = [await natsLink(server), await natsLink(server)]
    const asked: string[] = []
    const leave = await serving.serve('leaves', (question) => {
      asked.push(text(question))
      return text(question) === 'part' ? [{ payload: '', more: true }] : []
    })
    const there = await stranger(server)
    const waiting = [
      expect(asking.request('leaves', 'first')).rejects.toMatchObject({ code: 'no_responders' }),
      expect(asking.request('leaves', 'part')).rejects.toMatchObject({ code: 'no_responders' }),
      expect(there.request('leaves', '?', { timeout: 60_000 })).rejects.toMatchObject({ code: '503' }),
    ]
    await expect.poll(() => asked.length).toBe(3)
    await leave()
    await Promise.all(waiting)
  })

  it('that has left answers so what was on its way to it', async () => {
    const proxy = endsWithTest(await openProxy(server.port))
    const [asking, serving] = [await natsLink(server), await natsLink({ url: `127.0.0.1:${proxy.port}` })]
    const leave = await serving.serve('gone', () => [])
    proxy.stall()
    const answer = expect(asking.request('gone')).rejects.toMatchObject({ code: 'no_responders' })
    await asking.publish('any') // so the server has sent the question
    const left = leave()
    proxy.flow()
    await answer
    await left
  })

  it('that leaves over a link that breaks meanwhile has left, and another may come', async () => {
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
    const [asking, serving] = [await natsLink(server), await natsLink(server)]
    const asked: string[] = []
    await serving.serve('closes', (question) => {
      asked.push(question.subject)
      return []
    })
    const answer = expect(asking.request('closes')).rejects.toMatchObject({ code: 'no_responders' })
    await expect.poll(() => asked.length).toBe(1)
    await serving.broker.close()
    await answer
  })
})

it('parts of an answer are refused once the relay of the asker has left', async () => {
  const [asking, serving] = [await natsLink(server), await natsLink(server)]
  const { refusal } = await streamBetween(asking, serving)
  await asking.broker.close()
  expect(await refusal()).toMatchObject({ code: 'interrupted' })
})
