import { encode } from '@msgpack/msgpack'
import { type BrokerMessage, limits, parsePattern } from '@wildcast/protocol'
import { connect as mqttClient } from 'mqtt'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { isValue, read, readAll, subjectsOf, valuesOf, write } from '../../src/testing/store-under-test.js'
import { endsWithTest } from '../servers/ends-with-test.js'
import { type Mosquitto, startMosquitto } from '../servers/mosquitto.js'
import { mosquittoPub } from '../servers/mosquitto-clients.js'
import { text } from './link.js'
import { five, mqttLink, spy } from './mqtt-link.js'

let server: Mosquitto
beforeAll(async () => {
  server = await startMosquitto({ trace: true })
  return server.kill
})

/** Publishes as another program does, with the retain flag. */
const retain = (topic: string, payload: string | Uint8Array, flags: readonly string[] = []): Promise<void> =>
  mosquittoPub(server.port, topic, payload, [...five, '-r', ...flags])

/** The text and kind of a message. */
const shown = (message: BrokerMessage) => [text(message), isValue(message), message.deleted ?? false]

const textOf = async (...given: Parameters<typeof read>): Promise<string | undefined> => {
  const value = await read(...given)
  return value && text(value)
}

describe('a program without Wildcast', () => {
  it('writes and deletes values with the retain flag, and changes none without it', async () => {
    const { broker, listen } = await mqttLink(server.url)
    const inboxes = await Promise.all(['lamp.1', 'lamp.*', '**', 'lamp.**'].map((pattern) => listen(pattern)))
    await retain('lamp/1', 'on', ['-D', 'publish', 'user-property', 'trace', '1'])
    await mosquittoPub(server.port, 'lamp/1', 'plain')
    expect(await read(broker, 'lamp.1')).toMatchObject({ subject: 'lamp.1', headers: [['trace', '1']] })
    expect(await textOf(broker, 'lamp.1')).toBe('on')
    await mosquittoPub(server.port, 'lamp/1', '')
    expect(await textOf(broker, 'lamp.1')).toBe('on')
    await retain('lamp/1', '')
    expect(await read(broker, 'lamp.1')).toBeUndefined()
    for (const inbox of inboxes)
      expect((await inbox.take(4)).map(shown)).toEqual([
        ['on', true, false],
        ['plain', false, false],
        ['', false, false],
        ['', true, true],
      ])
  })

  it('reads a value as a retained message, and receives its changes', async () => {
    const { broker } = await mqttLink(server.url)
    await write(broker, 'shelf.1', 'first', { headers: [['trace', '1']] })
    const early = await spy(server.port, 'shelf/#')
    expect(await early.next()).toMatchObject({
      topic: 'shelf/1',
      payload: Buffer.from('first'),
      retain: true,
      properties: { 'user-properties': { trace: '1' } },
    })
    await write(broker, 'shelf.1', 'second')
    await write(broker, 'shelf.1', '')
    expect([await early.next(), await early.next()].map(({ payload }) => String(payload))).toEqual(['second', ''])
    const late = await spy(server.port, 'shelf/#')
    await mosquittoPub(server.port, 'shelf/2', 'end')
    expect(await late.next()).toMatchObject({ topic: 'shelf/2' })
  })

  it('writes a value by its last will', async () => {
    const { broker, listen } = await mqttLink(server.url)
    const inbox = await listen('state.*')
    const will = { topic: 'state/1', payload: Buffer.from('lost'), retain: true, qos: 1 as const }
    const client = mqttClient(server.url, { protocolVersion: 5, reconnectPeriod: 0, will })
    await new Promise((resolve) => client.once('connect', resolve))
    client.stream.destroy()
    expect((await inbox.take(1)).map(shown)).toEqual([['lost', true, false]])
    expect(await textOf(broker, 'state.1')).toBe('lost')
    client.end(true)
  })

  it('that shares the messages of a group takes values, as members of the relay do', async () => {
    const { broker, listen } = await mqttLink(server.url)
    const inbox = await listen('job.*', { group: 'g' })
    await write(broker, 'job.1', 'do')
    expect((await inbox.take(1)).map(shown)).toEqual([['do', true, false]])
  })

  it('publishes what can be no value: it is left out and counted', async () => {
    const { broker, listen, dropped, statuses } = await mqttLink(server.url)
    const odd = [`odd/${'x'.repeat(1021)}`, 'odd/a\u2028b', 'odd/large', 'odd/headed']
    await retain(odd[0] as string, 'x')
    await retain(odd[1] as string, 'x')
    await retain('odd/large', Buffer.alloc(limits.payloadBytes + 1))
    const header = (i: number): string[] => ['-D', 'publish', 'user-property', `h${i}`, 'x']
    await retain('odd/headed', 'x', Array.from({ length: 65 }, (_, i) => header(i)).flat())
    await retain('odd/good', 'good')
    expect(await subjectsOf(broker, 'odd.**')).toEqual(['odd.good'])
    expect([...dropped].sort()).toEqual(['foreign_headers', 'foreign_subject', 'foreign_subject', 'too_large'])
    const inbox = await listen('odd.**')
    for (const topic of odd) await retain(topic, '')
    await retain('odd/good', '')
    expect((await inbox.take(3)).map(({ subject }) => subject)).toEqual(['odd.large', 'odd.headed', 'odd.good'])
    expect(statuses).toEqual(['up'])
  })

  it('keeps its reserved topics', async () => {
    const { broker } = await mqttLink(server.url)
    await expect(write(broker, '$sys.x', 'x')).rejects.toMatchObject({ code: 'forbidden' })
    await expect(read(broker, '$SYS.broker')).rejects.toMatchObject({ code: 'forbidden' })
    expect((await subjectsOf(broker, '**')).filter((subject) => subject.startsWith('$'))).toEqual([])
  })
})

describe('a read of values', () => {
  it('is one subscription for all pages, and reaches no subscriber', async () => {
    const own = endsWithTest(await startMosquitto({ trace: true }))
    const { broker, listen, publish } = await mqttLink(own.url, { id: 'one' })
    const names = Array.from({ length: 3000 }, (_, i) => `many.${String(i).padStart(4, '0')}`)
    const patterns = ['many.*', '**', 'many.0001', 'many.**']
    const inboxes = await Promise.all(patterns.map((pattern) => listen(pattern)))
    for (let i = 0; i < 3000; i += 500)
      await Promise.all(names.slice(i, i + 500).map((name) => write(broker, name, `${name} ${'x'.repeat(100)}`)))
    for (const [i, inbox] of inboxes.entries()) await inbox.take(i === 2 ? 1 : 3000)
    const pages = await readAll(broker, 'many.*', { values: 100 })
    expect(pages).toHaveLength(30)
    expect(pages.flat().map(({ subject }) => subject)).toEqual(names)
    expect(own.log().match(/one-values 0 many\/\+/g)).toHaveLength(1)
    await publish('many.0001', 'end')
    for (const inbox of inboxes) expect((await inbox.take(1)).map(text)).toEqual(['end'])
  })

  it('has a value once whose filters overlap, and those of patterns without a filter of their own', async () => {
    const { broker } = await mqttLink(server.url)
    for (const subject of ['o.a.x', 'o.b.y', 'o.b.x']) await write(broker, subject, subject)
    const patterns = ['o.**.x', 'o.*.x', 'o.**', 'o.b.*', 'o.b.x', '**.y']
    const found = await Promise.all(patterns.map((pattern) => subjectsOf(broker, pattern)))
    expect(found).toEqual([
      ['o.a.x', 'o.b.x'],
      ['o.a.x', 'o.b.x'],
      ['o.a.x', 'o.b.x', 'o.b.y'],
      ['o.b.x', 'o.b.y'],
      ['o.b.x'],
      ['o.b.y'],
    ])
  })

  it('beyond the limit of bytes is refused, and leaves room for others', async () => {
    const { broker } = await mqttLink(server.url, {}, { valueCache: 10_000 })
    for (let i = 0; i < 20; i++) await write(broker, `heavy.${i}`, 'x'.repeat(1000))
    const refused = { code: 'too_large', message: expect.stringContaining('value_cache') }
    for (let i = 0; i < 2; i++) {
      await expect(subjectsOf(broker, 'heavy.*')).rejects.toMatchObject(refused)
      expect(await subjectsOf(broker, 'heavy.7')).toEqual(['heavy.7'])
    }
  })

  it('continues when another program has taken its connection over', async () => {
    const { broker, statuses } = await mqttLink(server.url, { id: 'taken' })
    await write(broker, 'again.1', 'a')
    expect(await textOf(broker, 'again.1')).toBe('a')
    const other = await mqttClient(server.url, { protocolVersion: 5, clientId: 'taken-values', reconnectPeriod: 0 })
    await new Promise((resolve) => other.once('connect', resolve))
    await expect.poll(() => server.log()).toContain('Client taken-values already connected')
    expect(await textOf(broker, 'again.1')).toBe('a')
    expect(statuses).toEqual(['up'])
    other.end(true)
  })

  it('over plain `read` and pages gives the same while others write', async () => {
    const { broker } = await mqttLink(server.url)
    const values = valuesOf(broker)
    const writing = (async () => {
      for (let i = 0; i < 100; i++) await write(broker, `busy.${i % 5}`, `${i}`)
    })()
    for (let i = 0; i < 20; i++) await values.page(parsePattern('busy.*'), { values: 2, bytes: 100 })
    await writing
    const texts = (await readAll(broker, 'busy.*', { values: 2 })).flat().map((value) => text(value))
    expect(texts).toEqual(['95', '96', '97', '98', '99'])
  })
})

describe('with the payloads of the original', () => {
  it('values are envelopes, and a deletion is empty', async () => {
    const { broker, listen, dropped } = await mqttLink(server.url, { payload: 'envelope' })
    const inbox = await listen('env.*')
    const other = await spy(server.port, 'env/#')
    const bytes = Uint8Array.of(0, 255)
    await write(broker, 'env.1', bytes)
    expect((await other.next()).payload.toString('hex')).toBe('94' + '9200ccff' + 'a5656e762e31' + 'c0c0')
    expect([...Buffer.from((await read(broker, 'env.1'))?.payload ?? '')]).toEqual([0, 255])
    await write(broker, 'env.1', '')
    expect((await other.next()).payload).toHaveLength(0)
    await retain('env/2', encode([[104, 105], 'env.2', null, null]))
    await retain('env/3', 'no envelope')
    expect((await readAll(broker, 'env.*')).flat().map((value) => [value.subject, text(value)])).toEqual([
      ['env.2', 'hi'],
    ])
    expect((await inbox.take(3)).map(({ subject, deleted }) => [subject, deleted ?? false])).toEqual([
      ['env.1', false],
      ['env.1', true],
      ['env.2', false],
    ])
    expect(dropped).toEqual(['foreign_message', 'foreign_message'])
    for (const topic of ['env/2', 'env/3']) await retain(topic, '')
  })
})

it('without a server that keeps retained messages there are no values, with the reason', async () => {
  const own = endsWithTest(await startMosquitto({ config: 'retain_available false' }))
  const { broker, listen, publish } = await mqttLink(own.url)
  expect(broker.features.retained).toContain('keeps no retained messages')
  expect(broker.values).toBeUndefined()
  const inbox = await listen('open.*')
  await publish('open.a', 'x')
  expect((await inbox.take(1)).map(shown)).toEqual([['x', false, false]])
})

it('over MQTT 3.1.1 there are no values, with the reason, and retained messages are plain ones', async () => {
  const { broker, listen } = await mqttLink(server.url, { version: '3.1.1' })
  expect(broker.features.retained).toContain('MQTT 3.1.1')
  expect(broker.values).toBeUndefined()
  const inbox = await listen('old.*')
  await retain('old/1', 'x')
  expect((await inbox.take(1)).map(shown)).toEqual([['x', false, false]])
  onTestFinished(() => retain('old/1', ''))
})
