import { type BrokerMessage, parsePattern, type Subject } from '@wildcast/protocol'
import { connect as mqttClient } from 'mqtt'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { brokerContract } from '../../src/brokers/broker.contract.js'
import { mqtt } from '../../src/brokers/mqtt.js'
import { newId, realClock } from '../../src/index.js'
import { fakeClock } from '../../src/testing/fake-clock.js'
import { endsWithTest } from '../servers/ends-with-test.js'
import { type Mosquitto, startMosquitto } from '../servers/mosquitto.js'
import { mosquittoPub } from '../servers/mosquitto-clients.js'
import { openProxy } from '../servers/tcp-proxy.js'
import { text } from './link.js'
import { five, mqttLink, outside, spy } from './mqtt-link.js'

let server: Mosquitto
beforeAll(async () => {
  server = await startMosquitto({ trace: true })
  return server.kill
})

brokerContract('MQTT 5', {
  open: (clock = realClock) => mqtt({ address: server.url }, { clock, newId }),
  outside: outside(() => server),
  gathersHeaders: true,
  mostSegments: 196,
})

const numbers = (count: number): string[] => Array.from({ length: count }, (_, i) => `${i}`)

describe('messages of MQTT 5', () => {
  it('carry headers as user properties, without those that no client could have sent', async () => {
    const { listen, publish } = await mqttLink(server.url)
    const inbox = await listen('headed')
    const other = await spy(server.port, 'headed')
    const header = (name: string, value: string): string[] => ['-D', 'publish', 'user-property', name, value]
    const odd = [...header('not a token', 'x'), ...header('__proto__', 'x')]
    const flags = [...five, ...header('trace', 'ü 1'), ...odd, ...header('Trace', ''), ...header('trace', '0')]
    await mosquittoPub(server.port, 'headed', 'in', flags)
    expect((await inbox.take(1))[0]?.headers).toEqual([
      ['trace', 'ü 1'],
      ['trace', '0'],
      ['Trace', ''],
    ])
    await publish('headed', 'out', { headers: [['trace', '2']] })
    await other.next()
    expect((await other.next()).properties).toMatchObject({ 'user-properties': { trace: '2' } })
  })

  it('carry the response subject as a response topic, both ways (SP-BRK-9)', async () => {
    const { listen, publish, dropped } = await mqttLink(server.url)
    const inbox = await listen('asked')
    const other = await spy(server.port, 'asked')
    const withReply = (topic: string): string[] => [...five, '-D', 'publish', 'response-topic', topic]
    await publish('asked', 'out', { responseSubject: 'answer.x%2Ey' as Subject })
    expect((await other.next()).properties).toEqual({ 'response-topic': 'answer/x.y' })
    await mosquittoPub(server.port, 'asked', 'in', withReply('_INBOX/x/1'))
    for (const topic of ['a/+', 'x'.repeat(1025), '$SYS/x'])
      await mosquittoPub(server.port, 'asked', topic[0] ?? '', withReply(topic))
    expect((await inbox.take(5)).map((message) => [text(message), message.responseSubject])).toEqual([
      ['out', 'answer.x%2Ey'],
      ['in', '_INBOX.x.1'],
      ['a', undefined],
      ['x', undefined],
      ['$', undefined],
    ])
    expect(dropped).toEqual(Array(3).fill('foreign_subject'))
  })

  it('get each answer with their correlation data', async () => {
    const { listen, publish, dropped } = await mqttLink(server.url)
    const inbox = await listen('correlated')
    const other = await spy(server.port, 'reply/to')
    const withReply = (data: string): string[] => [
      ...five,
      '-D',
      'publish',
      'response-topic',
      'reply/to',
      '-D',
      'publish',
      'correlation-data',
      data,
    ]
    await mosquittoPub(server.port, 'correlated', '', withReply('first'))
    await mosquittoPub(server.port, 'correlated', '', withReply('second'))
    await mosquittoPub(server.port, 'correlated', '', withReply('x'.repeat(2000)))
    const [first, second, third] = await inbox.take(3)
    expect(third?.responseSubject).toBeUndefined()
    expect(dropped).toEqual(['foreign_subject'])
    for (const { responseSubject } of [second, first, second] as BrokerMessage[]) {
      expect(responseSubject).toMatch(/^_answer\./)
      await publish(responseSubject ?? '')
    }
    for (const data of ['second', 'first', 'second'])
      expect((await other.next()).properties).toEqual({ 'correlation-data': data })
  })
})

describe('groups of MQTT 5', () => {
  it('of two relays and another client: each of 1000 messages goes to one member (SP-BRK-10)', async () => {
    const id = 'first-of-the-group'
    const links = [await mqttLink(server.url, { id }), await mqttLink(server.url)]
    const inboxes = await Promise.all(links.map(({ listen }) => listen('shared.*', { group: 'workers' })))
    await expect.poll(() => server.log()).toContain(`${id} 1 $share/workers/shared/+`)
    const other = await mqttClient(server.url, { protocolVersion: 5, reconnectPeriod: 0 })
    onTestFinished(() => void other.end(true))
    const taken: string[] = []
    other.on('message', (_, payload) => taken.push(payload.toString()))
    await other.subscribeAsync('$share/workers/shared/+', { qos: 1 })
    const sent = numbers(1000)
    await Promise.all(sent.map((number, i) => links[i % 2]?.publish(`shared.${i % 3}`, number)))
    const all = (): string[] => [...taken, ...inboxes.flatMap((inbox) => inbox.messages.map(text))]
    await expect.poll(() => all().length).toBe(1000)
    expect(all().sort()).toEqual(sent.sort())
    for (const received of [taken, ...inboxes.map((inbox) => inbox.messages)])
      expect(received.length).toBeGreaterThan(100)
  })

  it('lose no message while a member joins', async () => {
    const [first, second] = [await mqttLink(server.url), await mqttLink(server.url)]
    const inbox = await first.listen('flow', { group: 'workers' })
    const taken: string[] = []
    let joined = false
    let published = 0
    const flow = (async () => {
      while (taken.length < 100) await Promise.all(numbers(50).map(() => first.publish('flow', `${published++}`)))
    })()
    await expect.poll(() => inbox.messages.length).toBeGreaterThan(100)
    await second.broker.subscribe(
      { pattern: parsePattern('flow'), group: 'workers' },
      {
        // Like a relay, which adds a member when the broker has confirmed the interest.
        deliver(message, settle) {
          if (joined) taken.push(text(message))
          settle?.(joined)
        },
        ended: () => {},
      },
    )
    joined = true
    await flow
    await expect.poll(() => inbox.messages.length + taken.length).toBe(published)
    expect(new Set([...inbox.messages.map(text), ...taken]).size).toBe(published)
  })

  it('lose no message while the link of a member comes back', async () => {
    const clock = fakeClock()
    const proxy = endsWithTest(await openProxy(server.port))
    const first = await mqttLink(server.url)
    const second = await mqttLink(`mqtt://127.0.0.1:${proxy.port}`, {}, { clock })
    const links = [first, second]
    const inboxes = await Promise.all(links.map(({ listen }) => listen('back', { group: 'workers' })))
    // Many subscriptions, which take long to restore.
    await Promise.all(numbers(300).map((number) => second.listen(`much.${number}`)))
    proxy.cut()
    await expect.poll(() => second.statuses).toEqual(['up', 'down'])
    let published = 0
    clock.advance(100)
    while ((inboxes[1]?.messages.length ?? 0) < 100) {
      await Promise.all(numbers(20).map(() => first.publish('back', `${published++}`)))
      clock.advance(10)
    }
    const all = (): string[] => inboxes.flatMap((inbox) => inbox.messages.map(text))
    await expect.poll(() => all().length).toBe(published)
    expect(new Set(all()).size).toBe(published)
  })

  it('and subscriptions that overlap do not take messages from each other', async () => {
    const { listen, publish } = await mqttLink(server.url)
    const plain = [await listen('beside.*'), await listen('beside.x'), await listen('**')]
    const groups = [await listen('beside.*', { group: 'a' }), await listen('beside.x', { group: 'a' })]
    const another = await listen('beside.*', { group: 'b' })
    await publish('beside.x', '1')
    await publish('beside.x', '2')
    for (const inbox of [...plain, ...groups, another]) expect((await inbox.take(2)).map(text)).toEqual(['1', '2'])
  })

  it('of patterns with the same filter do not take messages from each other', async () => {
    const { listen, publish } = await mqttLink(server.url)
    const join = (pattern: string) => listen(pattern, { group: 'workers' })
    const inboxes = [await join('cover.**'), await join('cover.**.b'), await join('cover.**.c')]
    for (const [i, last] of ['b', 'c', 'b', 'c', 'd'].entries()) await publish(`cover.x.${last}`, `${i}`)
    const [all, b, c] = await Promise.all([5, 2, 2].map((count, i) => inboxes[i]?.take(count)))
    expect([all, b, c].map((messages) => messages?.map(text))).toEqual([
      ['0', '1', '2', '3', '4'],
      ['0', '2'],
      ['1', '3'],
    ])
  })
})
