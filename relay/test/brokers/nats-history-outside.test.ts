import { headers } from 'nats'
import { beforeAll, beforeEach, expect, it } from 'vitest'
import { keyId } from '../../src/brokers/foreign/key-id.js'
import { nats, newId, realClock } from '../../src/index.js'
import { listen, publish, subject, text } from '../../src/testing/broker-under-test.js'
import { append, payloadsOfHistory, rule } from '../../src/testing/history-under-test.js'
import { type Nats, startNats } from '../servers/nats.js'
import { testLink } from './link.js'
import { opened, stranger } from './nats-link.js'
import { emptied, jetStreamCall } from './nats-store.js'

let server: Nats

beforeAll(async () => {
  server = await startNats({ jetstream: true })
  return server.stop
})

beforeEach(() => emptied(server))

const relay = (...subjects: readonly string[]) =>
  opened({ addresses: [server.url], history: subjects.map((one) => rule(one)) })

it('keeps and delivers what a program without Wildcast publishes, once, with its position', async () => {
  const { broker } = await relay('room.*.msg')
  const [exact, wide] = [await listen(broker, 'room.1.msg'), await listen(broker, 'room.**')]
  const client = await stranger(server)
  client.publish('room.1.msg', 'a')
  client.publish('room.1.typing', 'b')
  await client.flush()
  const position = await append(broker, 'room.1.msg', 'c')
  await publish(broker, 'room.1.typing', 'd')
  const kept = (await exact.take(2)).map((message) => [text(message), message.position === undefined])
  expect(kept).toEqual([
    ['a', false],
    ['c', false],
  ])
  expect((await wide.take(4)).map(text).sort()).toEqual(['a', 'b', 'c', 'd'])
  expect(await payloadsOfHistory(broker, 'room.*.msg', { before: position })).toEqual(['a'])
})

it('leaves out what is too large for clients, in pages as in live messages, and counts it', async () => {
  const settings = { addresses: [server.url], history: [rule('room.*.msg')] }
  const { broker, dropped } = await testLink(nats(settings, { clock: realClock, newId, maxPayload: 1000 }))
  const inbox = await listen(broker, 'room.*.msg')
  const client = await stranger(server)
  client.publish('room.1.msg', 'x'.repeat(1001))
  client.publish('room.1.msg', 'x'.repeat(1000))
  await client.flush()
  const position = await append(broker, 'room.1.msg', 'end')
  expect((await inbox.take(2)).map((message) => text(message).length)).toEqual([1000, 3])
  expect(dropped).toEqual(['too_large'])
  expect((await payloadsOfHistory(broker, 'room.*.msg')).map((payload) => payload.length)).toEqual([1000, 3])
  expect((await payloadsOfHistory(broker, 'room.*.msg', { before: position })).map(({ length }) => length)).toEqual([
    1000,
  ])
  expect(dropped).toEqual(['too_large', 'too_large', 'too_large'])
})

it('refuses headers that are instructions to JetStream, so that no client can claim the key of another', async () => {
  const { broker } = await relay('room.*.msg')
  const key = { name: 'k', fingerprint: 'f' }
  const claim = { subject: subject('room.1.msg'), payload: 'x', headers: [['nats-msg-id', keyId(key)] as const] }
  const refused = { code: 'unsupported', message: expect.stringMatching(/instruction to JetStream.*rename the header/) }
  await expect(Promise.resolve(broker.history?.append(claim))).rejects.toMatchObject(refused)
  const client = await stranger(server)
  const marked = headers()
  marked.append('Nats-Msg-Id', keyId(key))
  client.publish('room.1.msg', 'theirs', { headers: marked })
  await client.flush()
  const own = { subject: subject('room.1.msg'), payload: 'mine' }
  await expect(Promise.resolve(broker.history?.append(own, key))).rejects.toMatchObject({ code: 'invalid_frame' })
  expect(await payloadsOfHistory(broker, 'room.*.msg')).toEqual(['theirs'])
})

it('gives members of a group a message without the headers of its key', async () => {
  const { broker } = await relay('room.*.msg')
  const [group, plain] = [
    await listen(broker, { pattern: subject('room.1.msg'), group: 'g' }),
    await listen(broker, 'room.1.msg'),
  ]
  const trace = [['trace', '1']] as const
  await broker.history?.append(
    { subject: subject('room.1.msg'), payload: 'a', headers: trace },
    { name: 'k', fingerprint: 'f' },
  )
  for (const inbox of [group, plain]) expect((await inbox.take(1))[0]?.headers).toEqual(trace)
})

it('is off, with the reason, if rules overlap or another stream has their subjects', async () => {
  const overlapping = (await relay('a.*', 'a.b')).broker
  expect(overlapping.features.history).toMatch(/no two rules of the history may overlap/)
  expect((await relay('a.**.b')).broker.features.history).toMatch(/let "\*\*" be the end/)
  await jetStreamCall(await stranger(server), 'STREAM.CREATE.other', { name: 'other', subjects: ['a.b'] })
  const { broker } = await relay('a.*')
  expect(broker.features.history).toMatch(/another stream at NATS has subjects of "a\.\*"/)
  expect(broker.history).toBeUndefined()
})

it('refuses requests to a kept subject, since JetStream would answer', async () => {
  const { broker } = await relay('room.*.msg')
  const asked = broker.request?.({ subject: subject('room.1.msg'), payload: 'a' }, { timeoutMs: 1000 })
  await expect(asked).rejects.toMatchObject({ code: 'unsupported' })
})

it('is another history, after a gap, if its stream is deleted', async () => {
  const { broker, events } = await relay('room.*.msg')
  const before = await append(broker, 'room.1.msg', 'a')
  const { streams } = (await jetStreamCall(await stranger(server), 'STREAM.NAMES')) as { readonly streams: string[] }
  for (const stream of streams)
    if (stream !== 'wildcast-history') await jetStreamCall(await stranger(server), `STREAM.DELETE.${stream}`)
  await expect(broker.history?.forget?.()).rejects.toMatchObject({ code: 'interrupted' })
  while (events.length < 3) await new Promise((resolve) => setImmediate(resolve))
  expect(events.filter((event) => event === 'up')).toHaveLength(2)
  const after = await append(broker, 'room.1.msg', 'b')
  expect(after > before).toBe(true)
  const state = await broker.history?.historyState(subject('room.1.msg'), before)
  expect(state?.isKnown).toBe(false)
})
