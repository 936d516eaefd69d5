import { readFileSync } from 'node:fs'
import type { Msg } from 'nats'
import { beforeAll, describe, expect, it } from 'vitest'
import { pass, read, revisionOfWrite, subjectsOf, valuesOf, write } from '../../src/testing/store-under-test.js'
import { endsWithTest } from '../servers/ends-with-test.js'
import { type Nats, startNats } from '../servers/nats.js'
import { text } from './link.js'
import { natsLink, stranger } from './nats-link.js'
import { emptied, jetStreamCall, natsStore } from './nats-store.js'

let server: Nats

beforeAll(async () => {
  server = await startNats({ jetstream: true })
  return server.stop
})

/** Returns the message of a program without Wildcast: payload, revision. */
const seen = (msg: Msg): readonly string[] => [msg.string(), msg.headers?.get('wildcast/revision') ?? '']

/** Lines of nats.conf for the user of relays. */
const userWith = (permissions: string): string =>
  `authorization { users: [{ user: relay, password: x, permissions: { ${permissions} } }] }`

describe('a client of NATS without Wildcast', () => {
  it('receives each change as a plain message, with its headers, and an empty one for a deletion', async () => {
    await emptied(server)
    const { broker, publish } = await natsLink(server)
    const other = await stranger(server)
    const received: Msg[] = []
    other.subscribe('lamp.*', { callback: (_, msg) => received.push(msg) })
    await other.flush()
    const first = await revisionOfWrite(broker, 'lamp.1', 'on', { headers: [['trace', '1']], user: 'ada' })
    const second = await revisionOfWrite(broker, 'lamp.1', '')
    await publish('lamp.1', 'end')
    await expect.poll(() => received.length).toBe(3)
    expect(received.map(seen)).toEqual([
      ['on', first],
      ['', `${second} deleted`],
      ['end', ''],
    ])
    expect(received[0]?.headers?.get('trace')).toBe('1')
  })

  it('receives nothing of a write that is refused', async () => {
    await emptied(server)
    const { broker, publish } = await natsLink(server)
    const other = await stranger(server)
    const received: string[] = []
    other.subscribe('lamp.>', { callback: (_, msg) => received.push(msg.string()) })
    await other.flush()
    await write(broker, 'lamp.1', 'on')
    await write(broker, 'lamp.1', 'off', { ifRevision: null })
    await publish('lamp.1', 'end')
    await expect.poll(() => received).toEqual(['on', 'end'])
  })

  it('takes part in a queue: each change goes to one member, also if that is a relay', async () => {
    await emptied(server)
    const { broker, listen } = await natsLink(server)
    const mine = await listen('job.*', { group: 'workers' })
    const other = await stranger(server)
    const theirs: string[] = []
    other.subscribe('job.*', { queue: 'workers', callback: (_, msg) => theirs.push(msg.string()) })
    await other.flush()
    const numbers = Array.from({ length: 100 }, (_, i) => String(i))
    const revisions = await Promise.all(numbers.map((n) => revisionOfWrite(broker, `job.${n}`, n, { user: 'ada' })))
    await expect.poll(() => theirs.length + mine.messages.length).toBe(100)
    expect([...theirs, ...mine.messages.map(text)].toSorted()).toEqual(numbers.toSorted())
    for (const message of mine.messages)
      expect(message).toMatchObject({ revision: revisions[Number(text(message))], user: 'ada' })
    expect(Math.min(theirs.length, mine.messages.length)).toBeGreaterThan(0)
  })

  it('publishes plain messages, which change no value, and can not make a copy through a relay', async () => {
    await emptied(server)
    const { broker, listen, publish } = await natsLink(server)
    const inbox = await listen('lamp.1')
    const revision = await revisionOfWrite(broker, 'lamp.1', 'on')
    const other = await stranger(server)
    other.publish('lamp.1', 'on')
    other.publish('lamp.1', '')
    await other.flush()
    await publish('lamp.1', 'end', { headers: [['wildcast-revision', revision]] })
    const messages = await inbox.take(4)
    expect(messages.map((message) => [text(message), message.revision])).toEqual([
      ['on', revision],
      ['on', undefined],
      ['', undefined],
      ['end', undefined],
    ])
    expect((await read(broker, 'lamp.1'))?.revision).toBe(revision)
  })

  it('that writes to the stream makes no value, and the next write replaces what it wrote', async () => {
    await emptied(server)
    const { broker, listen, dropped } = await natsLink(server)
    const inbox = await listen('lamp.*')
    await write(broker, 'lamp.1', 'on')
    const other = await stranger(server)
    await other.request('$wildcast.values.value.lamp.1', 'foreign')
    expect(await read(broker, 'lamp.1')).toBeUndefined()
    expect(await subjectsOf(broker, '**')).toEqual([])
    await write(broker, 'lamp.1', 'back', { ifRevision: null })
    expect((await inbox.take(2)).map(text)).toEqual(['on', 'back'])
    expect(dropped).toEqual(['foreign_message'])
  })

  it('receives a will that a relay has left', async () => {
    await emptied(server)
    const store = natsStore(server)
    const broker = await store.relay()
    const other = await stranger(server)
    const received: string[] = []
    other.subscribe('state', { callback: (_, msg) => received.push(msg.string()) })
    await other.flush()
    await valuesOf(broker).renew?.('relay')
    await write(broker, 'state', 'on', { will: { payload: 'off', lease: 'relay' } })
    await pass(store, 15_000, broker)
    await expect.poll(() => received).toEqual(['on', 'off'])
  })
})

describe('the stream of values', () => {
  it('is made with the first value, and not by a relay that only reads', async () => {
    await emptied(server)
    const { broker, listen } = await natsLink(server)
    const other = await stranger(server)
    await listen('a')
    await read(broker, 'a')
    await subjectsOf(broker, '**')
    await valuesOf(broker).mark()
    await valuesOf(broker).sweep?.()
    expect(await write(broker, 'a', '')).toEqual({ kind: 'unchanged' })
    expect(await jetStreamCall(other, 'STREAM.INFO.wildcast-values')).toMatchObject({ error: { err_code: 10059 } })
    await write(broker, 'a', 'x')
    expect(await jetStreamCall(other, 'STREAM.INFO.wildcast-values')).toMatchObject({ state: { messages: 3 } })
  })

  it('that is deleted is noticed: the link begins again, and later revisions are greater', async () => {
    await emptied(server)
    const { broker, statuses, reasons } = await natsLink(server)
    const before = await revisionOfWrite(broker, 'a', 'x')
    await emptied(server)
    await expect(valuesOf(broker).sweep?.()).rejects.toMatchObject({ code: 'interrupted' })
    await expect.poll(() => statuses).toEqual(['up', 'down', 'up'])
    expect(reasons).toEqual(['the values at NATS were replaced or dropped; reading them again'])
    expect(await read(broker, 'a')).toBeUndefined()
    expect(await write(broker, 'a', 'x', { ifRevision: before })).toEqual({ kind: 'refused', revision: undefined })
    expect((await revisionOfWrite(broker, 'a', 'y')) > before).toBe(true)
  })

  it('that another relay has made again is noticed with its first change', async () => {
    await emptied(server)
    const { broker, statuses, listen } = await natsLink(server)
    await listen('a')
    await write(broker, 'a', 'x')
    await emptied(server)
    const other = await natsLink(server)
    await write(other.broker, 'a', 'y')
    await expect.poll(() => statuses).toEqual(['up', 'down', 'up'])
    expect(text(await read(broker, 'a'))).toBe('y')
  })

  it('with other settings keeps no values, and the reason names the setting', async () => {
    await emptied(server)
    const other = await stranger(server)
    const settings = { name: 'wildcast-values', subjects: ['$wildcast.values.>'], max_msgs_per_subject: 5 }
    await jetStreamCall(other, 'STREAM.CREATE.wildcast-values', settings)
    const { broker, listen, publish } = await natsLink(server)
    expect(broker.features.retained).toContain('has another "max_msgs_per_subject" than relays give it')
    expect(broker.values).toBeUndefined()
    const inbox = await listen('a')
    await publish('a', 'here')
    expect((await inbox.take(1)).map(text)).toEqual(['here'])
  })

  it('takes the limit of values of the relay that connected last', async () => {
    await emptied(server)
    const first = await natsLink(server, { store: { values: 1 } })
    await write(first.broker, 'a', 'x')
    await expect(write(first.broker, 'b', 'x')).rejects.toMatchObject({ code: 'storage_full' })
    await natsLink(server, { store: { values: 2 } })
    await write(first.broker, 'b', 'x')
  })
})

describe('a NATS server without values', () => {
  it.each([
    ['JetStream', {}, 'JetStream is off at this NATS server; switch it on there'],
    ['headers', { jetstream: true, config: 'no_header_support: true' }, 'this NATS server carries no headers'],
    [
      'JetStream for the account',
      {
        jetstream: true,
        config: 'accounts { A: { users: [{ user: relay, password: x }] } }',
        auth: { kind: 'user', user: 'relay', password: 'x' } as const,
      },
      'JetStream is off for the account of the relay at NATS',
    ],
    [
      'the permission to ask JetStream',
      {
        jetstream: true,
        config: userWith('publish: { deny: ["$JS.>"] }'),
        auth: { kind: 'user', user: 'relay', password: 'x' } as const,
      },
      'needs the subjects of values and JetStream',
    ],
    [
      'the permission to receive changes',
      {
        jetstream: true,
        config: userWith('subscribe: { deny: ["$wildcast.>"] }'),
        auth: { kind: 'user', user: 'relay', password: 'x' } as const,
      },
      'needs the subjects of values and JetStream',
    ],
  ])('lacks %s: the reason is a feature, and messages are carried as before', async (_, options, reason) => {
    const { auth, ...serverOptions } = { auth: undefined, ...options }
    const own = endsWithTest(await startNats(serverOptions))
    const { broker, statuses, listen, publish } = await natsLink(own, auth ? { auth } : {})
    for (const feature of ['retained', 'conditional', 'ttl', 'presence'] as const)
      expect(broker.features[feature]).toContain(reason)
    const inbox = await listen('a.*')
    await publish('a.b', 'here')
    expect((await inbox.take(1)).map(text)).toEqual(['here'])
    expect(statuses).toEqual(['up'])
  })

  it('has room for no more: writes fail, other messages do not, and there is room after a deletion', async () => {
    const own = endsWithTest(await startNats({ jetstream: true, maxFileStore: '1MB' }))
    const { broker, publish, listen } = await natsLink(own)
    const large = 'x'.repeat(300_000)
    const inbox = await listen('v.*')
    for (const name of ['v.1', 'v.2', 'v.3', 'v.4']) await write(broker, name, large)
    const full = { code: 'storage_full', message: expect.stringContaining('JetStream') }
    await expect(write(broker, 'v.5', large)).rejects.toMatchObject(full)
    await publish('plain', 'x')
    await valuesOf(broker).mark()
    expect(text(await read(broker, 'v.3'))).toBe(large)
    for (const name of ['v.1', 'v.2']) expect(await write(broker, name, '')).toMatchObject({ kind: 'written' })
    await write(broker, 'v.5', large)
    expect((await inbox.take(7)).map(({ deleted = false }) => deleted)).toEqual([
      ...Array(4).fill(false),
      ...[true, true, false],
    ])
    expect(await subjectsOf(broker, '**')).toEqual(['v.3', 'v.4', 'v.5'])
  })
})

it('a value beyond max_payload is refused before it is sent', async () => {
  const own = endsWithTest(await startNats({ jetstream: true, maxPayload: 1000 }))
  const { broker, statuses } = await natsLink(own)
  await expect(write(broker, 'a', 'x'.repeat(990))).rejects.toMatchObject({ code: 'too_large' })
  await write(broker, 'a', 'x'.repeat(900))
  expect(statuses).toEqual(['up'])
})

it('the permissions that docs/state.md lists are enough', async () => {
  const page = readFileSync(new URL('../../../docs/state.md', import.meta.url), 'utf8').split('## On NATS')[1] ?? ''
  const [, publish = '', subscribe = ''] = /needs to publish to (.*?) and to subscribe\s+to (.*?)\. /s.exec(page) ?? []
  const list = (text: string): string =>
    [...text.matchAll(/`([^`]+)`/g)].map(([, subject]) => `"${subject}"`).join(', ')
  const permissions = `publish: [${list(publish)}, "state"], subscribe: [${list(subscribe)}, "state"]`
  const own = endsWithTest(await startNats({ jetstream: true, config: userWith(permissions) }))
  const settings = { auth: { kind: 'user', user: 'relay', password: 'x' }, store: { values: 5 } } as const
  const { listen } = await natsLink(own, settings)
  const inbox = await listen('state')
  const { broker } = await natsLink(own, { ...settings, store: { values: 6 } })
  await valuesOf(broker).renew?.('relay')
  await write(broker, 'state', 'on', { will: { payload: '', lease: 'relay' } })
  await valuesOf(broker).mark()
  await valuesOf(broker).sweep?.()
  expect(await subjectsOf(broker, '**')).toEqual(['state'])
  await write(broker, 'state', '')
  expect((await inbox.take(2)).map(text)).toEqual(['on', ''])
  await natsLink(own, { ...settings, store: { values: 7 } })
  expect(own.log()).not.toMatch(/permission/i)
})
