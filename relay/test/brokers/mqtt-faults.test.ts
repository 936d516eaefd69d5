import dns from 'node:dns'
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { fakeClock } from '../../src/testing/fake-clock.js'
import { endsWithTest } from '../servers/ends-with-test.js'
import { type Mosquitto, startMosquitto } from '../servers/mosquitto.js'
import { mosquittoPub, mosquittoSub } from '../servers/mosquitto-clients.js'
import { forbidding } from '../servers/mosquitto-security.js'
import { openProxy } from '../servers/tcp-proxy.js'
import { inTime } from './in-time.js'
import { text } from './link.js'
import { mqttLink, versions } from './mqtt-link.js'
import { closingProxy, pinglessProxy, repeatingProxy } from './mqtt-proxies.js'

type LookupCallback = (failed: null, found: dns.LookupAddress[]) => void

let server: Mosquitto
/** A server with strict limits. */
let narrow: Mosquitto
beforeAll(async () => {
  server = await startMosquitto({ trace: true })
  narrow = await startMosquitto({ config: `message_size_limit 1000\n${forbidding('secret/#')}` })
  return async () => {
    await server.kill()
    await narrow.kill()
  }
})

const named = (code: string): unknown => expect.objectContaining({ code })

/** Counts a text in the log. */
const count = (pattern: string): number => server.log().match(new RegExp(pattern, 'g'))?.length ?? 0

/** Polls at short intervals. */
const soon = (look: () => unknown) => expect.poll(look, { interval: 5 })

const ups = (statuses: readonly string[]): number => statuses.filter((now) => now === 'up').length

describe.each(versions)('in version %s', (version) => {
  it('a message over which the server closed the connection twice is refused, and the link stays up (B7)', async () => {
    const clock = fakeClock()
    const port = await closingProxy(server.port, 'poison')
    const { listen, publish, statuses } = await mqttLink(`mqtt://127.0.0.1:${port}`, { version }, { clock })
    const inbox = await listen('b7.behind')
    for (const closed of [1, 2]) {
      const ends = await Promise.allSettled([publish('b7', 'poison'), publish('b7.behind', 'lost')])
      expect(ends).toEqual(Array(2).fill({ status: 'rejected', reason: named('interrupted') }))
      await inTime(clock, () => ups(statuses)).toBe(closed + 1)
    }
    const [poison] = await Promise.allSettled([publish('b7', 'poison'), publish('b7.behind', 'continues')])
    expect(poison).toMatchObject({ reason: named('too_large') })
    expect((await inbox.take(1)).map(text)).toEqual(['continues'])
    expect(statuses).toEqual(['up', 'down', 'up', 'down', 'up'])
  })

  it('a packet beyond the limit of the server is refused, after two tries if it announces none (B7, B8)', async () => {
    const clock = fakeClock()
    const { url } = endsWithTest(await startMosquitto({ config: 'max_packet_size 2000' }))
    const { publish, statuses } = await mqttLink(url, { version }, { clock })
    const long = 'x'.repeat(2000)
    if (version === '3.1.1')
      for (const closed of [1, 2]) {
        await expect(publish('b8', long)).rejects.toEqual(named('interrupted'))
        await inTime(clock, () => ups(statuses)).toBe(closed + 1)
      }
    await expect(publish('b8', long)).rejects.toEqual(named('too_large'))
    await publish('b8', 'x'.repeat(1900))
    expect(ups(statuses)).toBe(version === '5' ? 1 : 3)
  })

  it('a packet longer than the settings allow is refused at once (B8)', async () => {
    const { publish, request, statuses } = await mqttLink(narrow.url, { version, maxPacketSize: 1000 })
    await expect(publish('b8', 'x'.repeat(1001))).rejects.toEqual(named('too_large'))
    await expect(request('b8', 'x'.repeat(1001))).rejects.toEqual(named('too_large'))
    await publish('b8', 'x'.repeat(900))
    expect(statuses).toEqual(['up'])
  })

  it('a publish that the server refuses is rejected, if the version has a reason code for it (B8, B10)', async () => {
    const { listen, publish, statuses } = await mqttLink(narrow.url, { version })
    const inbox = await listen('**')
    const ends = await Promise.allSettled([
      publish('secret.a', 'not allowed'),
      publish('long', 'x'.repeat(1001)),
      publish('long', 'x'.repeat(1000)),
    ])
    // MQTT 3.1.1 has none: the server confirms messages that it drops.
    const outcomes = ends.map((end) => (end.status === 'rejected' ? end.reason.code : 'confirmed'))
    expect(outcomes).toEqual(version === '5' ? ['forbidden', 'too_large', 'confirmed'] : Array(3).fill('confirmed'))
    expect((await inbox.take(1)).map((message) => text(message).length)).toEqual([1000])
    expect(statuses).toEqual(['up'])
  })

  it('a subscription that the server forbids is refused, and no other (B10)', async () => {
    const { listen, request, publish, statuses } = await mqttLink(narrow.url, { version })
    const inbox = await listen('allowed.*')
    for (const pattern of ['secret.a', 'secret.**', 'secret.*.b'])
      await expect(listen(pattern)).rejects.toEqual(named('forbidden'))
    if (version === '5') await expect(request('secret.a')).rejects.toEqual(named('forbidden'))
    await publish('allowed.a', 'here')
    expect((await inbox.take(1)).map(text)).toEqual(['here'])
    expect(statuses).toEqual(['up'])
  })

  it('nothing is left at the server after many losses (B3)', async () => {
    const clock = fakeClock()
    const proxy = endsWithTest(await openProxy(server.port))
    const id = `flapping-${version}`
    const link = await mqttLink(`mqtt://127.0.0.1:${proxy.port}`, { version, id }, { clock })
    const inboxes = [await link.listen('flap.*'), await link.listen('flap.**'), await link.listen('flap.a')]
    await link.serve('flap.ask', () => [{ payload: 'yes' }])
    for (let losses = 1; losses <= 3; losses++) {
      proxy.cut()
      await soon(() => link.statuses.length).toBe(2 * losses)
      await inTime(clock, () => link.statuses.length).toBe(1 + 2 * losses)
    }
    await link.publish('flap.a', 'here')
    for (const inbox of inboxes) expect((await inbox.take(1)).map(text)).toEqual(['here'])
    expect(text(await link.request('flap.ask'))).toBe('yes')
    const [connected, disconnected] = [`connected from \\S+ as ${id}`, `Client ${id}\\S* (?:closed|disconnected)`]
    // Filters that overlap use more connections in MQTT 3.1.1.
    expect(count(connected) - count(disconnected)).toBe(version === '5' ? 1 : 3)
  })

  it('closing a link takes a limited time if the server does not answer', async () => {
    const clock = fakeClock()
    const paused = endsWithTest(await startMosquitto())
    const { broker, listen, publish, statuses } = await mqttLink(paused.url, { version }, { clock })
    for (const pattern of ['**', 'a.**', 'a.*']) await listen(pattern)
    await paused.pause()
    const lost = expect(publish('a', 'lost')).rejects.toEqual(named('interrupted'))
    let closed = false
    void broker.close().then(() => {
      closed = true
    })
    await inTime(clock, () => closed).toBe(true)
    await lost
    expect(statuses).toEqual(['up'])
  })

  it('two relays with the same id disconnect each other, report why, and wait longer each time (B11)', async () => {
    const id = `twins-${version}`
    const [one, other] = [fakeClock(), fakeClock()]
    const first = await mqttLink(server.url, { version, id }, { clock: one })
    const second = await mqttLink(server.url, { version, id }, { clock: other })
    const now = () => ({ first: first.statuses.at(-1), second: second.statuses.at(-1) })
    await soon(() => first.reasons).toEqual([expect.stringMatching(`another client .*"${id}".*"id"`)])
    one.advance(100)
    await soon(now).toEqual({ first: 'up', second: 'down' })
    other.advance(100)
    await soon(now).toEqual({ first: 'down', second: 'up' })
    one.advance(100)
    await second.publish('b11') // enough time for a reconnect without a wait
    expect(first.statuses.at(-1)).toBe('down')
    expect(count(`connected from \\S+ as ${id} `)).toBe(4)
    one.advance(100)
    await soon(() => first.statuses.at(-1)).toBe('up')
  })

  it('messages that the server kept for an earlier session of the same id are not delivered (B11)', async () => {
    const id = `stale-${version}`
    const lasting = version === '5' ? ['-V', 'mqttv5', '-x', '1000'] : ['-V', 'mqttv311']
    const before = await mosquittoSub(server.port, ['stale/#'], [...lasting, '-c', '-i', id, '-q', '1'])
    await before.stop()
    await mosquittoPub(server.port, 'stale/kept', 'x')
    const { listen, publish, dropped } = await mqttLink(server.url, { version, id })
    const inbox = await listen('fresh')
    await mosquittoPub(server.port, 'stale/live', 'x')
    await publish('fresh', 'here')
    expect((await inbox.take(1)).map(text)).toEqual(['here'])
    expect(count(`Sending PUBLISH to ${id} .*'stale/`)).toBe(0)
    expect(dropped).toEqual([])
  })

  it('a repeated message is delivered once (B11)', async () => {
    const port = await repeatingProxy(server.port)
    const { listen, publish } = await mqttLink(`mqtt://127.0.0.1:${port}`, { version })
    const inboxes = [await listen('repeated'), await listen('repeated.**')]
    await mosquittoPub(server.port, 'repeated', 'exactly once', ['-q', '2'])
    await publish('repeated', 'at least once')
    await publish('repeated', 'end')
    for (const inbox of inboxes)
      expect((await inbox.take(3)).map(text)).toEqual(['exactly once', 'at least once', 'end'])
  })
})

it('a silent connection is closed and opened again, one that only gets no pings answered is not (B2)', async () => {
  const clock = fakeClock()
  const settings = { keepAliveMs: 1000 }
  const talking = await mqttLink(server.url)
  const slow = await mqttLink(`mqtt://127.0.0.1:${await pinglessProxy(server.port)}`, settings, { clock })
  const inbox = await slow.listen('b2')
  const paused = endsWithTest(await startMosquitto())
  const links = await Promise.all(versions.map((version) => mqttLink(paused.url, { version, ...settings }, { clock })))
  const inboxes = await Promise.all(links.map(({ listen }) => listen('b2')))
  await paused.pause()
  const lost = links.map(({ publish }) => expect(publish('b2', 'lost')).rejects.toEqual(named('interrupted')))
  // Four times half an interval.
  for (let i = 0; i < 4; i++) {
    expect(links.flatMap(({ reasons }) => reasons)).toEqual([])
    clock.advance(500)
    await talking.publish('b2')
    await inbox.take(1)
  }
  await Promise.all(lost)
  for (const { reasons } of links) expect(reasons).toEqual([expect.stringMatching(/no sign of life/)])
  expect(slow.statuses).toEqual(['up'])
  paused.resume()
  for (const { statuses } of links) await inTime(clock, () => statuses.at(-1)).toBe('up')
  for (const inbox of inboxes) inbox.messages.length = 0
  await links[0]?.publish('b2', 'here')
  for (const inbox of inboxes) expect((await inbox.take(1)).map(text)).toEqual(['here'])
})

it('a host is resolved at each try, and any of its addresses may answer (B5)', async () => {
  let addresses = ['127.0.0.2'] // without a server
  const lookup = vi.spyOn(dns, 'lookup').mockImplementation(((_: string, __: unknown, callback: LookupCallback) => {
    const found = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
    queueMicrotask(() => callback(null, found))
  }) as never)
  onTestFinished(() => lookup.mockRestore())
  const { publish, statuses } = await mqttLink(`mqtt://mqtt.test:${server.port}`)
  expect(statuses).toEqual(['down'])
  addresses = ['::1', '127.0.0.1']
  await expect.poll(() => statuses).toEqual(['down', 'up'])
  await publish('a', 'here')
})
