import { type BrokerMessage, parsePattern, parseSubject } from '@wildcast/protocol'
import { headers } from 'nats'
import { beforeAll, describe, expect, it } from 'vitest'
import { brokerContract } from '../../src/brokers/broker.contract.js'
import { nats } from '../../src/brokers/nats.js'
import { newId, realClock } from '../../src/index.js'
import { Inbox } from '../../src/testing/inbox.js'
import { endsWithTest } from '../servers/ends-with-test.js'
import { type Nats, startNats } from '../servers/nats.js'
import { startRelay } from '../start-relay.js'
import { ask, client } from '../v1-client.js'
import { text } from './link.js'
import { natsLink, natsRaw, stranger } from './nats-link.js'

let server: Nats
beforeAll(async () => {
  server = await startNats()
  return server.stop
})

brokerContract('nats', {
  open: (clock = realClock) => nats({ addresses: [server.url] }, { clock, newId }),
  outside: {
    async publish(subject, payload) {
      const client = await stranger(server)
      client.publish(subject, payload)
      await client.flush()
    },
    async listen(subject) {
      const client = await stranger(server)
      const inbox = new Inbox()
      client.subscribe(subject, {
        callback: (_, { subject, data }) => inbox.put({ subject: parseSubject(subject), payload: data }),
      })
      await client.flush()
      return inbox
    },
    kill: () => server.kill(),
    restart: () => server.restart(),
  },
})

describe('names of NATS', () => {
  it('that hold what subjects may not come escaped, and go out as they were', async () => {
    const { listen, publish } = await natsLink(server)
    const inbox = await listen('names.**')
    const there = await stranger(server)
    const back = there.subscribe('back.>')
    there.publish('names.a/b+c#.100%.%2F', '')
    await there.flush()
    expect((await inbox.take(1))[0]?.subject).toBe('names.a%2Fb%2Bc%23.100%.%252F')
    await publish('back.a%2Fb%2Bc%23.100%.%252F')
    expect(await nextSubject(back)).toBe('back.a/b+c#.100%.%2F')
  })

  it('that fit no subject, and messages that are none, are dropped and counted, and the link stands (S15)', async () => {
    const { listen, dropped, statuses } = await natsLink(server)
    const inbox = await listen('odd.**')
    const there = await stranger(server)
    for (const name of [
      'odd.*',
      'odd.>',
      'odd.a*b',
      `odd.${'x'.repeat(1021)}`,
      `odd.${'x.'.repeat(255)}x`,
      'odd.\u0001',
    ])
      there.publish(name, '')
    await there.flush()
    await natsRaw(server, 'odd.header', 'NATS/1.0\r\na b: c\r\n\r\n')
    there.publish('odd.status', '', { headers: headers(503, 'No Responders') })
    there.publish('odd.reply', 'r', { reply: 'a*' })
    there.publish('odd.last', 'l')
    expect((await inbox.take(2)).map((message) => [message.subject, text(message), message.responseSubject])).toEqual([
      ['odd.reply', 'r', undefined],
      ['odd.last', 'l', undefined],
    ])
    expect(dropped).toEqual([
      ...Array(6).fill('foreign_subject'),
      'foreign_message',
      'foreign_message',
      'foreign_subject',
    ])
    expect(statuses).toEqual(['up'])
  })

  it('may begin with what is reserved', async () => {
    const { listen, publish } = await natsLink(server)
    const reserved = await listen('request.01JAVA0ZZZZZZZZZZZZZZZZZZZ.GET.a')
    await publish('request.01JAVA0ZZZZZZZZZZZZZZZZZZZ.GET.a', 'here')
    expect((await reserved.take(1)).map(text)).toEqual(['here'])
  })
})

describe('a pattern that takes two subscriptions', () => {
  it('gets each message once, in the order of its publisher', async () => {
    const { listen, publish } = await natsLink(server)
    const inbox = await listen('pair.**')
    const numbers = Array.from({ length: 300 }, (_, i) => String(i))
    await Promise.all(numbers.map((number, i) => publish(['pair', 'pair.a', 'pair.a.b'][i % 3] as string, number)))
    expect((await inbox.take(300)).map(text)).toEqual(numbers)
  })

  it('ends with both', async () => {
    const { listen, publish } = await natsLink(server)
    const inbox = await listen('both.**')
    await inbox.undo()
    const { connections } = (await (await fetch(`${server.monitor}/connz?subs=1`)).json()) as {
      connections: { subscriptions: number }[]
    }
    expect(connections.map(({ subscriptions }) => subscriptions)).toEqual([0])
    await publish('both.a')
    expect(inbox.messages).toEqual([])
  })
})

describe('headers', () => {
  it('come and go in order, with every value of a name', async () => {
    const { listen, publish } = await natsLink(server)
    const inbox = await listen('headers')
    const there = await stranger(server)
    const seen = there.subscribe('headers')
    const several = headers()
    several.append('trace', '1')
    several.append('trace', '2')
    several.append('Trace', 'other')
    there.publish('headers', 'x', { headers: several })
    await there.flush()
    expect((await inbox.take(1))[0]?.headers).toEqual([
      ['trace', '1'],
      ['trace', '2'],
      ['Trace', 'other'],
    ])
    const ours = [
      ['toString', 'ü 1'],
      ['a', ''],
      ['toString', '0'],
    ] as const
    await publish('headers', 'y', { headers: ours })
    expect((await inbox.take(1))[0]?.headers).toEqual(ours)
    for await (const { data, headers } of seen)
      if (data[0] === 'y'.charCodeAt(0)) {
        expect([...(headers ?? [])]).toEqual([
          ['toString', ['ü 1', '0']],
          ['a', ['']],
        ])
        break
      }
  })

  it('are a feature only where the server has them', async () => {
    const old = endsWithTest(await startNats({ config: 'no_header_support: true' }))
    const { broker, publish, serve, request } = await natsLink(old)
    expect(broker.features.headers).toContain('no headers')
    const withHeaders = publish('a', '', { headers: [['a', 'b']] })
    await expect(withHeaders).rejects.toMatchObject({ code: 'unsupported' })
    await serve('plain', () => [{ payload: 'answer' }])
    expect(text(await request('plain'))).toBe('answer')
  })
})

describe('a group', () => {
  it('is shared by relays and strangers: each message goes to one member (SP-BRK-4, SP-BRK-6)', async () => {
    const [one, two, sender] = [await natsLink(server), await natsLink(server), await natsLink(server)]
    const group = 'workers'
    const members = [await one.listen('shared.*', { group }), await two.listen('shared.*', { group })]
    const there = await stranger(server)
    const foreign: string[] = []
    there.subscribe('shared.*', { queue: group, callback: (_, msg) => foreign.push(msg.string()) })
    await there.flush()
    const numbers = Array.from({ length: 1000 }, (_, i) => String(i))
    await Promise.all(numbers.map((number) => sender.publish(`shared.${number}`, number)))
    const got = (): string[] => [...members.flatMap(({ messages }) => messages.map(text)), ...foreign]
    await expect.poll(() => got().length).toBe(1000)
    expect(got().toSorted()).toEqual(numbers.toSorted())
    expect(Math.min(foreign.length, ...members.map(({ messages }) => messages.length))).toBeGreaterThan(0)
  })

  it('takes nothing from groups of other patterns where NATS brings more than its own matches', async () => {
    const { listen, publish } = await natsLink(server)
    const all = await listen('wide.*.x', { group: 'g' })
    const some = await listen('wide.**.end', { group: 'g' })
    for (let i = 0; i < 50; i++) await publish('wide.a.x', String(i))
    await publish('wide.a.end', 'end')
    expect((await all.take(50)).length).toBe(50)
    expect((await some.take(1)).map(text)).toEqual(['end'])
  })

  it('loses nothing when a member joins in the middle', async () => {
    const relay = (): ReturnType<typeof startRelay> =>
      startRelay({ brokers: { test: nats({ addresses: [server.url] }, { clock: realClock, newId }) } })
    const members = [await client(await relay()), await client(await relay())] as const
    const join = { Subscribe: { subject: 'stream', group: 'workers' } }
    await ask(members[0], join)
    const there = await stranger(server)
    for (let i = 0; i < 2000; i++) {
      there.publish('stream', `"${i}"`)
      if (i === 500) members[1].say(join)
      if (i % 10 === 0) await there.flush()
    }
    const got = ({ waiting }: (typeof members)[number]): number =>
      waiting.filter((frame) => String(frame).includes('"Message"')).length
    await expect.poll(() => got(members[0]) + got(members[1])).toBe(2000)
    expect(got(members[1])).toBeGreaterThan(0)
  })
})

it('opens no way for a client to speak to the server itself (S1, S2)', async () => {
  const traced = endsWithTest(await startNats({ trace: true }))
  const open = nats({ addresses: [traced.url] }, { clock: realClock, newId })
  const relay = await startRelay({ brokers: { test: open } })
  const there = await client(relay)
  const evil = [
    'a 0\r\n\r\nPUB evil 0\r\n\r\nPUB a',
    'a evil',
    'a\tevil',
    'a\u00a0evil',
    'evil\u0000',
    'a\u2028evil',
    '',
  ]
  for (const name of evil)
    for (const said of [
      { Publish: { ref: 1, subject: name, message: '' } },
      { Publish: { ref: 1, subject: 'a', message: '', response_subject: name } },
      { Publish: { ref: 1, subject: 'a', message: '', headers: { evil: `${name}\r\nevil: 1` } } },
      { Publish: { ref: 1, subject: 'a', message: '', headers: { [`${name}: evil`]: '1' } } },
      { Subscribe: { ref: 1, subject: name } },
      { Subscribe: { ref: 1, subject: 'a', group: name } },
      { Subscribe: { ref: 1, subject: name, serve: true } },
      { Request: { ref: 1, subject: name, message: '' } },
    ])
      expect(await ask(there, said)).toMatchObject({ Error: { ref: 1 } })
  const past: BrokerMessage[] = evil.map((name) => ({ subject: name as never, payload: '' }))
  const { broker } = await natsLink(traced)
  for (const message of past) {
    await expect(broker.publish(message)).rejects.toMatchObject({ code: 'invalid_subject' })
    const asking = { subject: parsePattern('a'), payload: '', responseSubject: message.subject as never }
    await expect(broker.publish(asking)).rejects.toMatchObject({ code: 'invalid_subject' })
    await expect(broker.request?.(message, { timeoutMs: 1 })).rejects.toMatchObject({ code: 'invalid_subject' })
  }
  await broker.publish({ subject: parsePattern('harmless'), payload: '' })
  await traced.says(/<<- \[PUB harmless 0\]/)
  expect(traced.log()).not.toContain('evil')
})

async function nextSubject(messages: AsyncIterable<{ subject: string }>): Promise<string | undefined> {
  for await (const { subject } of messages) return subject
  return undefined
}
