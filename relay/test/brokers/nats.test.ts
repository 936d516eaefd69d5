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
  it('with characters that subjects may not hold are escaped, and restored when sent', async () => {
    const { listen, publish } = await natsLink(server)
    const inbox = await listen('names.**')
    const other = await stranger(server)
    const back = other.subscribe('back.>')
    other.publish('names.a/b+c#.100%.%2F', '')
    await other.flush()
    expect((await inbox.take(1))[0]?.subject).toBe('names.a%2Fb%2Bc%23.100%.%252F')
    await publish('back.a%2Fb%2Bc%23.100%.%252F')
    expect(await nextSubject(back)).toBe('back.a/b+c#.100%.%2F')
  })

  it('without a valid subject, and invalid messages, are dropped and counted; the link stays up (S15)', async () => {
    const { listen, dropped, statuses } = await natsLink(server)
    const inbox = await listen('odd.**')
    const other = await stranger(server)
    for (const name of [
      'odd.*',
      'odd.>',
      'odd.a*b',
      `odd.${'x'.repeat(1021)}`,
      `odd.${'x.'.repeat(255)}x`,
      'odd.\u0001',
    ])
      other.publish(name, '')
    await other.flush()
    await natsRaw(server, 'odd.header', 'NATS/1.0\r\na b: c\r\n\r\n')
    other.publish('odd.status', '', { headers: headers(503, 'No Responders') })
    other.publish('odd.reply', 'r', { reply: 'a*' })
    other.publish('odd.last', 'l')
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

  it('may begin with reserved segments', async () => {
    const { listen, publish } = await natsLink(server)
    const reserved = await listen('request.01JAVA0ZZZZZZZZZZZZZZZZZZZ.GET.a')
    await publish('request.01JAVA0ZZZZZZZZZZZZZZZZZZZ.GET.a', 'here')
    expect((await reserved.take(1)).map(text)).toEqual(['here'])
  })
})

describe('a pattern that takes two subscriptions', () => {
  it('receives each message once, in the order of its publisher', async () => {
    const { listen, publish } = await natsLink(server)
    const inbox = await listen('pair.**')
    const numbers = Array.from({ length: 300 }, (_, i) => String(i))
    await Promise.all(numbers.map((number, i) => publish(['pair', 'pair.a', 'pair.a.b'][i % 3] as string, number)))
    expect((await inbox.take(300)).map(text)).toEqual(numbers)
  })

  it('ends both of them', async () => {
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
  it('are received and sent in order, with each value of a name', async () => {
    const { listen, publish } = await natsLink(server)
    const inbox = await listen('headers')
    const other = await stranger(server)
    const seen = other.subscribe('headers')
    const several = headers()
    several.append('trace', '1')
    several.append('trace', '2')
    several.append('Trace', 'other')
    other.publish('headers', 'x', { headers: several })
    await other.flush()
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

  it('are a feature only if the server supports them', async () => {
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
  it('is shared by relays and other clients: each message goes to one member (SP-BRK-4, SP-BRK-6)', async () => {
    const [one, two, sender] = [await natsLink(server), await natsLink(server), await natsLink(server)]
    const group = 'workers'
    const members = [await one.listen('shared.*', { group }), await two.listen('shared.*', { group })]
    const other = await stranger(server)
    const foreign: string[] = []
    other.subscribe('shared.*', { queue: group, callback: (_, msg) => foreign.push(msg.string()) })
    await other.flush()
    const numbers = Array.from({ length: 1000 }, (_, i) => String(i))
    await Promise.all(numbers.map((number) => sender.publish(`shared.${number}`, number)))
    const received = (): string[] => [...members.flatMap(({ messages }) => messages.map(text)), ...foreign]
    await expect.poll(() => received().length).toBe(1000)
    expect(received().toSorted()).toEqual(numbers.toSorted())
    expect(Math.min(foreign.length, ...members.map(({ messages }) => messages.length))).toBeGreaterThan(0)
  })

  it('takes no messages of groups with other patterns if its subscription is wider than its pattern', async () => {
    const { listen, publish } = await natsLink(server)
    const all = await listen('wide.*.x', { group: 'g' })
    const some = await listen('wide.**.end', { group: 'g' })
    for (let i = 0; i < 50; i++) await publish('wide.a.x', String(i))
    await publish('wide.a.end', 'end')
    expect((await all.take(50)).length).toBe(50)
    expect((await some.take(1)).map(text)).toEqual(['end'])
  })

  it('loses no message when a member joins', async () => {
    const relay = (): ReturnType<typeof startRelay> =>
      startRelay({ brokers: { test: nats({ addresses: [server.url] }, { clock: realClock, newId }) } })
    const members = [await client(await relay()), await client(await relay())] as const
    const join = { Subscribe: { subject: 'stream', group: 'workers' } }
    await ask(members[0], join)
    const other = await stranger(server)
    for (let i = 0; i < 2000; i++) {
      other.publish('stream', `"${i}"`)
      if (i === 500) members[1].say(join)
      if (i % 10 === 0) await other.flush()
    }
    const received = ({ waiting }: (typeof members)[number]): number =>
      waiting.filter((frame) => String(frame).includes('"Message"')).length
    await expect.poll(() => received(members[0]) + received(members[1])).toBe(2000)
    expect(received(members[1])).toBeGreaterThan(0)
  })
})

it('a client can not send commands to the server (S1, S2)', async () => {
  const traced = endsWithTest(await startNats({ trace: true }))
  const open = nats({ addresses: [traced.url] }, { clock: realClock, newId })
  const relay = await startRelay({ brokers: { test: open } })
  const attacker = await client(relay)
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
    for (const frame of [
      { Publish: { ref: 1, subject: name, message: '' } },
      { Publish: { ref: 1, subject: 'a', message: '', response_subject: name } },
      { Publish: { ref: 1, subject: 'a', message: '', headers: { evil: `${name}\r\nevil: 1` } } },
      { Publish: { ref: 1, subject: 'a', message: '', headers: { [`${name}: evil`]: '1' } } },
      { Subscribe: { ref: 1, subject: name } },
      { Subscribe: { ref: 1, subject: 'a', group: name } },
      { Subscribe: { ref: 1, subject: name, serve: true } },
      { Request: { ref: 1, subject: name, message: '' } },
    ])
      expect(await ask(attacker, frame)).toMatchObject({ Error: { ref: 1 } })
  const unchecked: BrokerMessage[] = evil.map((name) => ({ subject: name as never, payload: '' }))
  const { broker } = await natsLink(traced)
  for (const message of unchecked) {
    await expect(broker.publish(message)).rejects.toMatchObject({ code: 'invalid_subject' })
    const withReply = { subject: parsePattern('a'), payload: '', responseSubject: message.subject as never }
    await expect(broker.publish(withReply)).rejects.toMatchObject({ code: 'invalid_subject' })
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
