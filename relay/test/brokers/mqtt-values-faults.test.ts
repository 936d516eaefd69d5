import { describe, expect, it } from 'vitest'
import { mqtt, newId, realClock } from '../../src/index.js'
import { fakeClock } from '../../src/testing/fake-clock.js'
import { read, readAll, subjectsOf, valuesOf, write } from '../../src/testing/store-under-test.js'
import { endsWithTest } from '../servers/ends-with-test.js'
import { type Mosquitto, startMosquitto } from '../servers/mosquitto.js'
import { mosquittoPub } from '../servers/mosquitto-clients.js'
import { forbidding } from '../servers/mosquitto-security.js'
import { openProxy } from '../servers/tcp-proxy.js'
import { startRelay } from '../start-relay.js'
import { openReader, type Reader } from '../values/recorded-reader.js'
import { inTime } from './in-time.js'
import { text } from './link.js'
import { mqttLink } from './mqtt-link.js'

const forbidden = { code: 'forbidden', message: expect.stringContaining('server') }

/** Values of subjects, as the readers of a relay hold them. */
const held = ({ record }: Reader): Record<string, string | undefined> => {
  const synced = record.events.findLastIndex(({ kind }) => kind === 'gap' || kind === 'subscribed')
  const messages = record.events.slice(synced).flatMap((event) => ('payload' in event ? [event] : []))
  return Object.fromEntries(messages.map(({ subject, payload }) => [subject, payload]))
}

const kinds = ({ record }: Reader): string[] =>
  record.events.map(({ kind }) => kind).filter((kind) => kind === 'gap' || kind === 'synced')

async function relayOn(server: Pick<Mosquitto, 'url'>): Promise<string> {
  const main = mqtt({ address: server.url }, { clock: realClock, newId })
  return `ws://${(await startRelay({ brokers: { main } })).address}`
}

describe('a server that forbids', () => {
  it('topics refuses their values, and gives the others', async () => {
    const server = endsWithTest(await startMosquitto({ config: forbidding('secret/#') }))
    const { broker } = await mqttLink(server.url)
    await write(broker, 'open.1', 'x')
    await expect(read(broker, 'secret.1')).rejects.toMatchObject(forbidden)
    await expect(subjectsOf(broker, 'secret.*')).rejects.toMatchObject(forbidden)
    await expect(write(broker, 'secret.1', 'x')).rejects.toMatchObject(forbidden)
    expect(await subjectsOf(broker, 'open.*')).toEqual(['open.1'])
  })

  it('messages of the relay to itself lets it write values, but not read them', async () => {
    const server = endsWithTest(await startMosquitto({ config: forbidding('_reply/#') }))
    const { broker } = await mqttLink(server.url)
    expect(await write(broker, 'open.1', 'x')).toEqual({ kind: 'written', revision: undefined })
    const refused = { code: 'forbidden', message: expect.stringContaining('_reply/#') }
    await expect(read(broker, 'open.1')).rejects.toMatchObject(refused)
    await expect((async () => valuesOf(broker).mark())()).rejects.toMatchObject(refused)
  })

  it('to receive them, in silence, is found out after 10 s', async () => {
    const acl = 'topic readwrite open/#\ntopic write _reply/#'
    const server = endsWithTest(await startMosquitto({ acl }))
    const clock = fakeClock()
    const { broker } = await mqttLink(server.url, {}, { clock })
    let outcome: unknown
    read(broker, 'open.1').then(
      (value) => {
        outcome = value
      },
      (cause) => {
        outcome = cause
      },
    )
    await inTime(clock, () => outcome).toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('_reply/#'),
    })
  })

  it('to read a topic, in silence, has no values for it', async () => {
    const acl = 'topic readwrite open/#\ntopic write closed/#\ntopic readwrite _reply/#'
    const server = endsWithTest(await startMosquitto({ acl }))
    const { broker } = await mqttLink(server.url)
    for (const subject of ['open.1', 'closed.1']) await write(broker, subject, 'x')
    expect(await subjectsOf(broker, '**')).toEqual(['open.1'])
  })
})

describe('a server that accepts too few connections', () => {
  it('gives no values, with the reason; messages pass', async () => {
    const server = endsWithTest(await startMosquitto({ config: 'max_connections 1' }))
    const clock = fakeClock()
    const { broker, listen, publish, statuses } = await mqttLink(server.url, {}, { clock })
    let outcome: unknown
    read(broker, 'open.1').catch((cause) => {
      outcome = cause
    })
    await inTime(clock, () => outcome).toMatchObject({
      code: 'internal',
      message: expect.stringContaining('values are read over a connection of their own'),
    })
    const inbox = await listen('open.*')
    await publish('open.1', 'x')
    expect((await inbox.take(1)).map(text)).toEqual(['x'])
    expect(statuses).toEqual(['up'])
  })
})

describe('values after', () => {
  it('a restart of the relay are there', async () => {
    const server = endsWithTest(await startMosquitto())
    const first = await mqttLink(server.url)
    await write(first.broker, 'key.1', 'a')
    await first.broker.close()
    const { broker } = await mqttLink(server.url)
    expect((await readAll(broker, 'key.*')).flat().map((value) => text(value))).toEqual(['a'])
  })

  it.each([
    ['a stop of a server with persistence', 'persistence true', 'stop', ['a']],
    [
      'a crash of a server that saves each change',
      'persistence true\nautosave_on_changes true\nautosave_interval 1',
      'kill',
      ['a'],
    ],
    ['a restart of a server without persistence', '', 'stop', []],
  ] as const)('%s are those that it has', async (_, config, how, expected) => {
    const server = endsWithTest(await startMosquitto({ config }))
    const url = await relayOn(server)
    const link = await mqttLink(server.url)
    await write(link.broker, 'key.1', 'a', { headers: [['trace', '1']] })
    const reader = await openReader('reader', () => 0, { url, pattern: 'key.*' })
    await reader.has('key.1', 'a')
    await link.broker.close()
    await server[how]()
    await server.restart()
    await expect.poll(() => kinds(reader), { timeout: 20_000 }).toContain('gap')
    await expect.poll(() => kinds(reader).at(-1), { timeout: 20_000 }).toBe('synced')
    expect(Object.values(held(reader))).toEqual(expected)
    await mosquittoPub(server.port, 'key/2', 'b', ['-r'])
    await reader.has('key.2', 'b')
  })
})

describe('a link that breaks', () => {
  it('leaves the outcome of a write unknown, and rejects reads', async () => {
    const server = endsWithTest(await startMosquitto())
    const proxy = endsWithTest(await openProxy(server.port))
    const { broker, statuses } = await mqttLink(`mqtt://127.0.0.1:${proxy.port}`)
    await write(broker, 'key', 'a')
    await read(broker, 'key')
    proxy.stall()
    const calls = [write(broker, 'key', 'b'), valuesOf(broker).mark(), read(broker, 'key')]
    proxy.cut()
    for (const call of calls) await expect(call).rejects.toMatchObject({ code: 'interrupted' })
    proxy.flow()
    await expect.poll(() => statuses.at(-1)).toBe('up')
    await write(broker, 'key', 'c')
    expect(await read(broker, 'key').then((value) => value && text(value))).toBe('c')
  })

  it('in the middle of a read gives readers all values when it is back', async () => {
    const server = endsWithTest(await startMosquitto())
    const filler = await mqttLink(server.url)
    await Promise.all(Array.from({ length: 500 }, (_, i) => write(filler.broker, `key.${i}`, `${i}`)))
    const proxy = endsWithTest(await openProxy(server.port))
    const url = await relayOn({ url: `mqtt://127.0.0.1:${proxy.port}` })
    proxy.stall()
    const reader = await openReader('reader', () => 0, { url, pattern: 'key.*' })
    proxy.cut()
    proxy.flow()
    await reader.has('key.499', '499')
    expect(Object.keys(held(reader))).toHaveLength(500)
  })
})
