import { beforeAll, describe, expect, it } from 'vitest'
import type { MqttSettings } from '../../src/brokers/settings.js'
import { makeCertificates } from '../servers/certificates.js'
import { freePort } from '../servers/free-port.js'
import { type Mosquitto, startMosquitto } from '../servers/mosquitto.js'
import { text } from './link.js'
import { oldMqtt } from './mqtt-doors.js'
import { mqttLink } from './mqtt-link.js'

const ours = makeCertificates()
const foreign = makeCertificates('foreign')
const root = { rootCertificate: ours.caFile }
const client = { certificate: ours.client.certFile, key: ours.client.keyFile }
const stranger = { certificate: foreign.client.certFile, key: foreign.client.keyFile }
const credentials = { username: 'me', password: 'top: secret' }

/** One server with many doors, so that the file needs only one. */
let server: Mosquitto
const doors = { encrypted: 0, demanding: 0, guarded: 0, webSocket: 0, encryptedWebSocket: 0 }
beforeAll(async () => {
  const guard = await startMosquitto({ users: { [credentials.username]: credentials.password }, trace: true })
  doors.guarded = guard.port
  for (const door of ['encrypted', 'demanding', 'webSocket', 'encryptedWebSocket'] as const)
    doors[door] = await freePort()
  const tls = `cafile ${ours.caFile}\ncertfile ${ours.server.certFile}\nkeyfile ${ours.server.keyFile}`
  server = await startMosquitto({
    trace: true,
    config: `
listener ${doors.encrypted} 127.0.0.1
${tls}
listener ${doors.demanding} 127.0.0.1
${tls}
require_certificate true
listener ${doors.webSocket} 127.0.0.1
protocol websockets
listener ${doors.encryptedWebSocket} 127.0.0.1
protocol websockets
${tls}`,
  })
  return async () => {
    await guard.kill()
    await server.kill()
  }
})

/** Messages go there and back. */
async function works(address: string, settings: Partial<MqttSettings> = {}): Promise<void> {
  const { listen, publish, reasons } = await mqttLink(address, settings)
  expect(reasons).toEqual([])
  const inbox = await listen('works')
  await publish('works', 'yes')
  expect((await inbox.take(1)).map(text)).toEqual(['yes'])
}

/** Why it is down. */
async function fails(address: string, settings: Partial<MqttSettings> = {}): Promise<string | undefined> {
  const { statuses, reasons } = await mqttLink(address, settings)
  expect(statuses[0]).toBe('down')
  expect(reasons.join()).not.toMatch(/secret| at .*:\d+:\d+|\n/)
  return reasons[0]
}

const at = (door: keyof typeof doors, scheme: string, host = 'localhost'): string =>
  `${scheme}://${host}:${doors[door]}`

describe('an address', () => {
  it('may be of TCP, TLS, a WebSocket, or a WebSocket over TLS (SP-BRK-10)', async () => {
    await works(server.url)
    await works(server.url.replace('mqtt:', 'tcp:'))
    await works(at('encrypted', 'mqtts'), { tls: root })
    await works(at('encrypted', 'ssl', '127.0.0.1'), { tls: root })
    await works(`${at('webSocket', 'ws')}/mqtt`)
    await works(`${at('encryptedWebSocket', 'wss')}/mqtt?a=b`, { tls: root })
  })

  it.each(['5', '3.1.1'] as const)(
    'where nobody listens, or of no host, is named with the key (version %s) (B4)',
    async (version) => {
      const shown = `mqtt://127.0.0.1:${await freePort()}`
      const why = await fails(shown.replace('//', '//me:secret@'), { version })
      expect(why).toBe(`${shown} refused the connection: start the server, or look at "address"`)
      expect(await fails('mqtt://no.such.host.invalid', { version })).toBe(
        'the host of mqtt://no.such.host.invalid:1883 is unknown: look at "address"',
      )
    },
  )

  it('with the wrong scheme is named with the key', async () => {
    const tls = { tls: root }
    expect(await fails(at('encrypted', 'mqtt'))).toMatch(
      /closed the connection before.*perhaps it expects TLS.*"address"/,
    )
    expect(await fails(at('encryptedWebSocket', 'ws'))).toMatch(
      /closed the connection before.*perhaps it expects TLS.*"address"/,
    )
    expect(await fails(server.url.replace('mqtt', 'mqtts'), tls)).toMatch(
      /closed the connection before.*not speak TLS.*"address"/,
    )
    expect(await fails(at('webSocket', 'wss'), tls)).toMatch(/does not speak TLS.*"address"/)
    expect(await fails(server.url.replace('mqtt', 'ws'))).toMatch(/closed the connection before.*"address"/)
    expect(await fails(at('webSocket', 'mqtt'))).toMatch(/does not speak MQTT.*"address"/)
  })
})

describe.each(['5', '3.1.1'] as const)('credentials in version %s', (version) => {
  it('are those of the settings, or of the address (SP-BRK-10)', async () => {
    const address = at('guarded', 'mqtt', '127.0.0.1')
    await works(address, { version, credentials })
    await works(address.replace('//', `//${credentials.username}:${encodeURIComponent(credentials.password)}@`), {
      version,
    })
  })

  it.each([
    ['wrong', { username: 'me', password: 'wrong secret' }],
    ['missing', undefined],
  ])('that are %s are named with the key', async (_, wrong) => {
    const why = await fails(at('guarded', 'mqtt', '127.0.0.1'), { version, ...(wrong && { credentials: wrong }) })
    expect(why).toBe('the server refused the user or the password: look at "credentials"')
  })
})

describe('certificates', () => {
  it('of a server that nobody vouches for are not trusted', async () => {
    for (const [door, scheme] of [
      ['encrypted', 'mqtts'],
      ['encryptedWebSocket', 'wss'],
    ] as const)
      for (const tls of [{}, { rootCertificate: foreign.caFile }])
        expect(await fails(at(door, scheme), { tls })).toMatch(/signed by an authority that.*"root_certificate"/)
  })

  it.each(['5', '3.1.1'] as const)(
    'of a client are shown where the server demands one (version %s)',
    async (version) => {
      const address = at('demanding', 'mqtts')
      await works(address, { version, tls: { ...root, clientCertificate: client } })
      expect(await fails(address, { version, tls: root })).toMatch(
        /requires a client certificate.*"client_certificate"/,
      )
      const wrong = { ...root, clientCertificate: stranger }
      expect(await fails(address, { version, tls: wrong })).toMatch(
        /refused the client certificate.*"client_certificate"/,
      )
    },
  )

  it('that can not be read, or are none, are named with the key', async () => {
    const address = at('encrypted', 'mqtts')
    expect(await fails(address, { tls: { rootCertificate: '/no/such.pem' } })).toBe(
      'can\'t read /no/such.pem (ENOENT): look at "root_certificate"',
    )
    const clientCertificate = { certificate: ours.client.certFile, key: ours.caFile }
    expect(await fails(address, { tls: { ...root, clientCertificate } })).toMatch(
      /not usable as PEM.*"client_certificate"/,
    )
  })
})

describe('the server sees', () => {
  it('the id and the keep-alive interval of the settings, in whole seconds (SP-BRK-10)', async () => {
    await works(server.url, { id: 'relay-of-the-house', keepAliveMs: 6001 })
    await expect.poll(() => server.log()).toMatch(/as relay-of-the-house \(p5, c1, k7\)/)
  })

  it('a fresh id and five seconds without (SP-BRK-10)', async () => {
    await works(server.url, { version: '3.1.1' })
    await expect.poll(() => server.log()).toMatch(/as [0-9A-Z]{26} \(p2, c1, k5\)/)
  })
})

describe('a server that does not speak MQTT 5', () => {
  it('is spoken to in 3.1.1, which is remembered', async () => {
    const old = await oldMqtt(server.port)
    const { broker, statuses } = await mqttLink(`mqtt://127.0.0.1:${old.port}`)
    expect([statuses, old.refused, broker.features.queue]).toEqual([['up'], 1, expect.stringContaining('3.1.1')])
    await server.restart()
    await expect.poll(() => statuses).toContain('down')
    await expect.poll(() => statuses.at(-1)).toBe('up')
    expect(old.refused).toBe(1)
  })

  it('is left alone where the settings ask for MQTT 5', async () => {
    const old = await oldMqtt(server.port)
    const why = await fails(`mqtt://127.0.0.1:${old.port}`, { version: '5' })
    expect(why).toMatch(/does not speak this version of MQTT: look at "version"/)
  })
})

describe('features', () => {
  const optional = ['queue', 'response_subject', 'headers'] as const

  it('are those of MQTT 5 until a server has said what it speaks, unless the settings do', async () => {
    const nobody = `mqtt://127.0.0.1:${await freePort()}`
    const has = async (settings: Partial<MqttSettings>): Promise<boolean[]> => {
      const { broker } = await mqttLink(nobody, settings)
      return optional.map((feature) => broker.features[feature] === true)
    }
    expect(await has({})).toEqual([true, true, true])
    expect(await has({ version: '3.1.1' })).toEqual([false, false, false])
    expect(await has({ version: '3.1.1', payload: 'envelope' })).toEqual([false, true, false])
  })
})
