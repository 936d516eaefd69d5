import { limits, type Message, type Pattern, parsePattern, type Subject } from '@wildcast/protocol'
import { beforeAll, describe, expect, it } from 'vitest'
import { brokerContract } from '../../src/brokers/broker.contract.js'
import { MqttDriver } from '../../src/brokers/mqtt/driver.js'
import { mqtt } from '../../src/brokers/mqtt.js'
import { newId, realClock } from '../../src/index.js'
import { deaf } from '../../src/testing/listener.js'
import { type Mosquitto, startMosquitto } from '../servers/mosquitto.js'
import { mosquittoPub } from '../servers/mosquitto-clients.js'
import { five, mqttLink, outside, spy, text } from './mqtt-link.js'

let server: Mosquitto
beforeAll(async () => {
  server = await startMosquitto({ trace: true })
  return server.kill
})

brokerContract('MQTT 5', {
  open: () => mqtt({ address: server.url }, { clock: realClock, newId }),
  outside: outside(() => server),
})

const numbers = (count: number): string[] => Array.from({ length: count }, (_, i) => `${i}`)

describe('names of MQTT', () => {
  it('that hold what subjects may not come escaped, and go out as they were', async () => {
    const { listen, publish } = await mqttLink(server.url)
    const inbox = await listen('names.**')
    const there = await spy(server.port, 'back/#')
    await mosquittoPub(server.port, 'names//a.b/c d/*/>/100%/%2F/', '')
    const escaped = '%.a%2Eb.c%20d.%2A.%3E.100%.%252F.%'
    expect((await inbox.take(1))[0]?.subject).toBe(`names.${escaped}`)
    await publish(`back.${escaped}`)
    expect((await there.next()).topic).toBe('back//a.b/c d/*/>/100%/%2F/')
  })

  it('that fit no subject are dropped and counted, and the link stands (S15)', async () => {
    const { listen, dropped, statuses } = await mqttLink(server.url)
    const inbox = await listen('odd.**')
    const odd = [`odd/${'x'.repeat(300)}`, `odd${'/x'.repeat(32)}`, 'odd/a\u2028b']
    for (const topic of odd) await mosquittoPub(server.port, topic, '')
    await mosquittoPub(server.port, 'odd/large', Buffer.alloc(limits.payloadBytes + 1))
    await mosquittoPub(server.port, 'odd/huge', Buffer.alloc(20_000_000)) // more than a packet may have
    await mosquittoPub(server.port, 'odd/last', 'l')
    expect((await inbox.take(1)).map(text)).toEqual(['l'])
    expect(dropped).toEqual([...Array(3).fill('foreign_subject'), 'too_large'])
    expect(statuses).toEqual(['up'])
  })

  it('of the server itself are reached by no wildcard', async () => {
    const { listen, publish } = await mqttLink(server.url)
    const inboxes = [await listen('**'), await listen('*.broker.**')]
    await server.restart() // it publishes $SYS/broker/… when it starts
    await expect
      .poll(() =>
        publish('own.end', 'end').then(
          () => 'published',
          () => 'down',
        ),
      )
      .toBe('published')
    expect((await inboxes[0]?.take(1))?.map(text)).toEqual(['end'])
    expect(inboxes[1]?.messages).toEqual([])
  })
})

describe('what clients write', () => {
  const hostile = [
    'a.+',
    'a.#',
    '#',
    '+',
    'a/b',
    'a.\0',
    'a.\u0001',
    'a.\r\nb',
    'a.\uffff',
    'a.\u{1fffe}',
    '',
    'a..b',
    '%',
    'x%2Fy',
    '$SYS.a',
    '$share.g.a',
    'a.*',
    'a b',
  ]

  it('reaches the server only as one topic: it sees nothing of hostile subjects', async () => {
    const { broker, publish, statuses } = await mqttLink(server.url)
    const there = await spy(server.port, '#')
    const refused = { code: expect.stringMatching(/^(?:invalid_subject|forbidden)$/) }
    for (const subject of hostile as Subject[])
      await expect(broker.publish({ subject, payload: 'hostile' })).rejects.toMatchObject(refused)
    for (const responseSubject of ['a.+', 'a.\0', '$SYS.a'] as Subject[])
      await expect(publish('fine', 'hostile', { responseSubject })).rejects.toMatchObject(refused)
    await expect(publish('fine', 'hostile', { headers: new Map([['k', 'a\uffff']]) })).rejects.toMatchObject({
      code: 'unsupported',
    })
    await publish('fine', 'end')
    expect(await there.next()).toMatchObject({ topic: 'fine', payload: Buffer.from('end') })
    expect(server.log()).not.toContain('hostile')
    expect(statuses).toEqual(['up'])
  })

  it('asks for no filter but that of its pattern', async () => {
    const { broker, statuses } = await mqttLink(server.url)
    const refused = { code: expect.stringMatching(/^(?:invalid_subject|forbidden)$/) }
    const patterns = ['a.+', 'a.#.b', 'a/#', 'a.\0', 'a.\uffff', '%', '$SYS.**', '$share.g.a'] as Pattern[]
    for (const pattern of patterns)
      for (const more of [{}, { group: 'g' }, { serve: true }])
        await expect(broker.subscribe({ pattern, ...more }, deaf)).rejects.toMatchObject(refused)
    for (const group of ['a/b', '+', '#', 'a\0'])
      await expect(broker.subscribe({ pattern: parsePattern('a'), group }, deaf)).rejects.toMatchObject(refused)
    expect(statuses).toEqual(['up'])
  })

  it('is refused by the connection, too, where something else forgot to (B7)', async () => {
    const driver = new MqttDriver({ address: server.url }, { clock: realClock, newId })
    const lost: unknown[] = []
    const connection = await driver.connect({ lost: (cause) => lost.push(cause), dropped: () => {} })
    for (const subject of ['a.#', 'a/#', 'a/b'] as Subject[])
      await expect(connection.publish({ subject, payload: '' })).rejects.toMatchObject({ code: 'invalid_subject' })
    await connection.publish({ subject: 'a' as Subject, payload: '' })
    await connection.close()
    await connection.close()
    expect(lost).toEqual([])
  })
})

describe('messages of MQTT 5', () => {
  it('that were retained are not replayed; those that come while one listens are delivered', async () => {
    const { listen } = await mqttLink(server.url)
    await mosquittoPub(server.port, 'kept/x', 'old', ['-r'])
    const inbox = await listen('kept.*')
    const again = await listen('kept.x')
    await mosquittoPub(server.port, 'kept/x', 'new', ['-r'])
    expect([(await inbox.take(1)).map(text), (await again.take(1)).map(text)]).toEqual([['new'], ['new']])
    await mosquittoPub(server.port, 'kept/x', '', ['-r'])
  })

  it('have user properties for headers; those that no client could have sent are left out', async () => {
    const { listen, publish } = await mqttLink(server.url)
    const inbox = await listen('headed')
    const there = await spy(server.port, 'headed')
    const header = (name: string, value: string): string[] => ['-D', 'publish', 'user-property', name, value]
    const flags = [...five, ...header('trace', 'ü 1'), ...header('not a token', 'x'), ...header('__proto__', 'x')]
    await mosquittoPub(server.port, 'headed', 'in', flags)
    expect((await inbox.take(1))[0]?.headers).toEqual(new Map([['trace', 'ü 1']]))
    await publish('headed', 'out', { headers: new Map([['trace', '2']]) })
    await there.next()
    expect((await there.next()).properties).toMatchObject({ 'user-properties': { trace: '2' } })
  })

  it('have a response topic for the subject to answer on, there and back (SP-BRK-9)', async () => {
    const { listen, publish, dropped } = await mqttLink(server.url)
    const inbox = await listen('asked')
    const there = await spy(server.port, 'asked')
    const answered = (topic: string): string[] => [...five, '-D', 'publish', 'response-topic', topic]
    await publish('asked', 'out', { responseSubject: 'answer.x%2Ey' as Subject })
    expect((await there.next()).properties).toEqual({ 'response-topic': 'answer/x.y' })
    await mosquittoPub(server.port, 'asked', 'in', answered('_INBOX/x/1'))
    for (const topic of ['a/+', 'x'.repeat(300), '$SYS/x'])
      await mosquittoPub(server.port, 'asked', topic[0] ?? '', answered(topic))
    expect((await inbox.take(5)).map((message) => [text(message), message.responseSubject])).toEqual([
      ['out', 'answer.x%2Ey'],
      ['in', '_INBOX.x.1'],
      ['a', undefined],
      ['x', undefined],
      ['$', undefined],
    ])
    expect(dropped).toEqual(Array(3).fill('foreign_subject'))
  })

  it('bring their correlation data back with each answer', async () => {
    const { listen, publish, dropped } = await mqttLink(server.url)
    const inbox = await listen('correlated')
    const there = await spy(server.port, 'reply/to')
    const ask = (data: string): string[] => [
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
    await mosquittoPub(server.port, 'correlated', '', ask('first'))
    await mosquittoPub(server.port, 'correlated', '', ask('second'))
    await mosquittoPub(server.port, 'correlated', '', ask('x'.repeat(2000)))
    const [first, second, third] = await inbox.take(3)
    expect([third?.responseSubject, dropped]).toEqual([undefined, ['foreign_subject']])
    for (const { responseSubject } of [second, first, second] as Message[]) {
      expect(responseSubject).toMatch(/^_answer\./)
      await publish(responseSubject ?? '')
    }
    for (const data of ['second', 'first', 'second'])
      expect((await there.next()).properties).toEqual({ 'correlation-data': data })
  })
})

describe('groups of MQTT 5', () => {
  it('share with strangers, and over relays: each message goes to one member', async () => {
    const links = [await mqttLink(server.url), await mqttLink(server.url)]
    const inboxes = await Promise.all(links.map(({ listen }) => listen('shared.*', { group: 'workers' })))
    const stranger = await spy(server.port, '$share/workers/shared/+')
    const there: string[] = []
    const every = (async () => {
      for (;;) there.push((await stranger.next()).payload.toString())
    })()
    every.catch(() => {}) // the spy is gone
    const wanted = numbers(90)
    for (const number of wanted) await links[0]?.publish('shared.x', number)
    const all = (): string[] => [...there, ...inboxes.flatMap((inbox) => inbox.messages.map(text))]
    await expect.poll(() => all().length).toBe(90)
    expect(all().sort()).toEqual(wanted.sort())
    for (const got of [there, ...inboxes.map((inbox) => inbox.messages)]) expect(got.length).toBeGreaterThan(0)
  })

  it('of patterns under one filter take nothing from each other', async () => {
    const { listen, publish } = await mqttLink(server.url)
    const join = (pattern: string) => listen(pattern, { group: 'workers' })
    const inboxes = [await join('cover.**'), await join('cover.**.b'), await join('cover.**.c')]
    for (const [i, last] of ['b', 'c', 'b', 'c', 'd'].entries()) await publish(`cover.x.${last}`, `${i}`)
    const [all, b, c] = await Promise.all([5, 2, 2].map((count, i) => inboxes[i]?.take(count)))
    expect([all, b, c].map((got) => got?.map(text))).toEqual([
      ['0', '1', '2', '3', '4'],
      ['0', '2'],
      ['1', '3'],
    ])
  })
})
