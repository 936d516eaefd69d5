import dns from 'node:dns'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { fakeClock } from '../../src/testing/fake-clock.js'
import { endsWithTest } from '../servers/ends-with-test.js'
import { type Mosquitto, startMosquitto } from '../servers/mosquitto.js'
import { mosquittoPub, mosquittoSub } from '../servers/mosquitto-clients.js'
import { openProxy } from '../servers/tcp-proxy.js'
import { temporaryFolder } from '../servers/temporary-folder.js'
import { inTime } from './in-time.js'
import { text } from './link.js'
import { pinglessMqtt, repeatingMqtt, touchyMqtt } from './mqtt-doors.js'
import { mqttLink, versions } from './mqtt-link.js'

type Tell = (failed: null, found: dns.LookupAddress[]) => void

let server: Mosquitto
/** It allows little. */
let narrow: Mosquitto
beforeAll(async () => {
  server = await startMosquitto({ trace: true })
  narrow = await startMosquitto({ config: `message_size_limit 1000\n${refusing('secret/#')}` })
  return async () => {
    await server.kill()
    await narrow.kill()
  }
})

/**
 * Lines of mosquitto.conf by which nobody may publish or subscribe there; an ACL file would refuse
 * no subscription.
 */
function refusing(topic: string): string {
  const acls = ['publishClientSend', 'subscribePattern'].map((acltype) => ({ acltype, topic, allow: false }))
  const security = {
    defaultACLAccess: { publishClientSend: true, publishClientReceive: true, subscribe: true, unsubscribe: true },
    clients: [],
    roles: [{ rolename: 'most', acls }],
    groups: [{ groupname: 'everybody', roles: [{ rolename: 'most' }] }],
    anonymousGroup: 'everybody',
  }
  const file = path.join(temporaryFolder(), 'security.json')
  writeFileSync(file, JSON.stringify(security))
  return `plugin ${securityPlugin()}\nplugin_opt_config_file ${file}`
}

function securityPlugin(): string {
  const folders = readdirSync('/usr/lib').map((name) => path.join('/usr/lib', name))
  const files = ['/usr/lib', ...folders].map((folder) => path.join(folder, 'mosquitto_dynamic_security.so'))
  return files.find((file) => existsSync(file)) ?? path.basename(files[0] ?? '')
}

const named = (code: string): unknown => expect.objectContaining({ code })

/** How often the log says this. */
const count = (said: string): number => server.log().match(new RegExp(said, 'g'))?.length ?? 0

/** Waits for what comes soon. */
const soon = (look: () => unknown) => expect.poll(look, { interval: 5 })

const ups = (statuses: readonly string[]): number => statuses.filter((now) => now === 'up').length

describe.each(versions)('in version %s', (version) => {
  it('a message over which the server hung up twice is refused, and the link is saved (B7)', async () => {
    const clock = fakeClock()
    const port = await touchyMqtt(server.port, 'poison')
    const { listen, publish, statuses } = await mqttLink(`mqtt://127.0.0.1:${port}`, { version }, { clock })
    const inbox = await listen('b7.behind')
    for (const hungUp of [1, 2]) {
      const ends = await Promise.allSettled([publish('b7', 'poison'), publish('b7.behind', 'lost')])
      expect(ends).toEqual(Array(2).fill({ status: 'rejected', reason: named('interrupted') }))
      await inTime(clock, () => ups(statuses)).toBe(hungUp + 1)
    }
    const [poison] = await Promise.allSettled([publish('b7', 'poison'), publish('b7.behind', 'goes on')])
    expect(poison).toMatchObject({ reason: named('too_large') })
    expect((await inbox.take(1)).map(text)).toEqual(['goes on'])
    expect(statuses).toEqual(['up', 'down', 'up', 'down', 'up'])
  })

  it('a packet longer than the server takes is refused: at once where it has said so, or after two tries (B7, B8)', async () => {
    const clock = fakeClock()
    const { url } = endsWithTest(await startMosquitto({ config: 'max_packet_size 2000' }))
    const { publish, statuses } = await mqttLink(url, { version }, { clock })
    const long = 'x'.repeat(2000)
    if (version === '3.1.1')
      for (const hungUp of [1, 2]) {
        await expect(publish('b8', long)).rejects.toEqual(named('interrupted'))
        await inTime(clock, () => ups(statuses)).toBe(hungUp + 1)
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

  it('what the server may not take is refused to its publisher, where there is a word for it (B8, B10)', async () => {
    const { listen, publish, statuses } = await mqttLink(narrow.url, { version })
    const inbox = await listen('**')
    const ends = await Promise.allSettled([
      publish('secret.a', 'not allowed'),
      publish('long', 'x'.repeat(1001)),
      publish('long', 'x'.repeat(1000)),
    ])
    // MQTT 3.1.1 has none: the server confirms what it throws away.
    const said = ends.map((end) => (end.status === 'rejected' ? end.reason.code : 'confirmed'))
    expect(said).toEqual(version === '5' ? ['forbidden', 'too_large', 'confirmed'] : Array(3).fill('confirmed'))
    expect((await inbox.take(1)).map((message) => text(message).length)).toEqual([1000])
    expect(statuses).toEqual(['up'])
  })

  it('a subscription that the server does not allow is refused alone (B10)', async () => {
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
    const [came, went] = [`connected from \\S+ as ${id}`, `Client ${id}\\S* (?:closed|disconnected)`]
    // Filters that overlap go over further connections in MQTT 3.1.1.
    expect(count(came) - count(went)).toBe(version === '5' ? 1 : 3)
  })

  it('the end of a link is bounded where the server answers nothing', async () => {
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

  it('two relays with one id take over from each other: each says why, and waits longer each time (B11)', async () => {
    const id = `twins-${version}`
    const [one, other] = [fakeClock(), fakeClock()]
    const first = await mqttLink(server.url, { version, id }, { clock: one })
    const second = await mqttLink(server.url, { version, id }, { clock: other })
    await soon(() => first.reasons).toEqual([expect.stringMatching(`another client .*"${id}".*"id"`)])
    one.advance(100)
    await soon(() => [first.statuses.at(-1), second.statuses.at(-1)]).toEqual(['up', 'down'])
    other.advance(100)
    await soon(() => [first.statuses.at(-1), second.statuses.at(-1)]).toEqual(['down', 'up'])
    one.advance(100)
    await second.publish('b11') // time enough for who would come at once
    expect([first.statuses.at(-1), count(`connected from \\S+ as ${id} `)]).toEqual(['down', 4])
    one.advance(100)
    await soon(() => first.statuses.at(-1)).toBe('up')
  })

  it('what a session of the same id has left at the server does not come (B11)', async () => {
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

  it('what is sent more than once is delivered once (B11)', async () => {
    const port = await repeatingMqtt(server.port)
    const { listen, publish } = await mqttLink(`mqtt://127.0.0.1:${port}`, { version })
    const inboxes = [await listen('repeated'), await listen('repeated.**')]
    await mosquittoPub(server.port, 'repeated', 'exactly once', ['-q', '2'])
    await publish('repeated', 'at least once')
    await publish('repeated', 'end')
    for (const inbox of inboxes)
      expect((await inbox.take(3)).map(text)).toEqual(['exactly once', 'at least once', 'end'])
  })
})

it('a server that sends nothing is given up, and comes back; one that only does not answer pings is not (B2)', async () => {
  const clock = fakeClock()
  const settings = { keepAliveMs: 1000 }
  const talking = await mqttLink(server.url)
  const slow = await mqttLink(`mqtt://127.0.0.1:${await pinglessMqtt(server.port)}`, settings, { clock })
  const heard = await slow.listen('b2')
  const paused = endsWithTest(await startMosquitto())
  const links = await Promise.all(versions.map((version) => mqttLink(paused.url, { version, ...settings }, { clock })))
  const inboxes = await Promise.all(links.map(({ listen }) => listen('b2')))
  await paused.pause()
  const lost = links.map(({ publish }) => expect(publish('b2', 'lost')).rejects.toEqual(named('interrupted')))
  // Half an interval, four times.
  for (let i = 0; i < 4; i++) {
    expect(links.flatMap(({ reasons }) => reasons)).toEqual([])
    clock.advance(500)
    await talking.publish('b2')
    await heard.take(1)
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

it('a host is looked up each time, and any of its addresses may answer (B5)', async () => {
  let addresses = ['127.0.0.2'] // where nobody listens
  const lookup = vi.spyOn(dns, 'lookup').mockImplementation(((_: string, __: unknown, tell: Tell) => {
    const found = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
    queueMicrotask(() => tell(null, found))
  }) as never)
  onTestFinished(() => lookup.mockRestore())
  const { publish, statuses } = await mqttLink(`mqtt://mqtt.test:${server.port}`)
  expect(statuses).toEqual(['down'])
  addresses = ['::1', '127.0.0.1']
  await expect.poll(() => statuses).toEqual(['down', 'up'])
  await publish('a', 'here')
})
