import { beforeAll, describe, expect, it } from 'vitest'
import type { MqttSettings } from '../../src/brokers/settings.js'
import { makeCertificates } from '../servers/certificates.js'
import { freePort } from '../servers/free-port.js'
import { type Mosquitto, startMosquitto } from '../servers/mosquitto.js'
import { text } from './link.js'
import { mqttLink } from './mqtt-link.js'
import { mqtt3Proxy } from './mqtt-proxies.js'

const ours = makeCertificates()
const foreign = makeCertificates('foreign')
const root = { rootCertificate: ours.caFile }
const client = { certificate: ours.client.certFile, key: ours.client.keyFile }
const foreignClient = { certificate: foreign.client.certFile, key: foreign.client.keyFile }
const credentials = { username: 'me', password: 'top: secret' }

/** One server with several listeners, for the whole file. */
let server: Mosquitto
const ports = { encrypted: 0, certified: 0, guarded: 0, webSocket: 0, encryptedWebSocket: 0 }
beforeAll(async () => {
  const guard = await startMosquitto({ users: { [credentials.username]: credentials.password }, trace: true })
  ports.guarded = guard.port
  for (const listener of ['encrypted', 'certified', 'webSocket', 'encryptedWebSocket'] as const)
    ports[listener] = await freePort()
  const tls = `cafile ${ours.caFile}\ncertfile ${ours.server.certFile}\nkeyfile ${ours.server.keyFile}`
  server = await startMosquitto({
    trace: true,
    config: `
listener ${ports.encrypted} 127.0.0.1
${tls}
listener ${ports.certified} 127.0.0.1
${tls}
require_certificate true
listener ${ports.webSocket} 127.0.0.1
protocol websockets
listener ${ports.encryptedWebSocket} 127.0.0.1
protocol websockets
${tls}`,
  })
  return async () => {
    await guard.kill()
    await server.kill()
  }
})

/** Checks that a message is published and received. */
async function works(address: string, settings: Partial<MqttSettings> = {}): Promise<void> {
  const { listen, publish, reasons } = await mqttLink(address, settings)
  expect(reasons).toEqual([])
  const inbox = await listen('works')
  await publish('works', 'yes')
  expect((await inbox.take(1)).map(text)).toEqual(['yes'])
}

/** Returns the cause of a failed connection. */
async function fails(address: string, settings: Partial<MqttSettings> = {}): Promise<string | undefined> {
  const { statuses, reasons } = await mqttLink(address, settings)
  expect(statuses[0]).toBe('down')
  expect(reasons.join()).not.toMatch(/secret| at .*:\d+:\d+|\n/)
  return reasons[0]
}

const at = (listener: keyof typeof ports, scheme: string, host = 'localhost'): string =>
  `${scheme}://${host}:${ports[listener]}`

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
    'that refuses the connection, or has no host, is named with its key (version %s) (B4)',
    async (version) => {
      const shown = `mqtt://127.0.0.1:${await freePort()}`
      const why = await fails(shown.replace('//', '//me:secret@'), { version })
      expect(why).toBe(`${shown} refused the connection: start the server, or look at "address"`)
      expect(await fails('mqtt://no.such.host.invalid', { version })).toBe(
        'the host of mqtt://no.such.host.invalid:1883 is unknown: look at "address"',
      )
    },
  )

  it('with the wrong scheme is named with its key', async () => {
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
  ])('that are %s are named with their key', async (_, wrong) => {
    const why = await fails(at('guarded', 'mqtt', '127.0.0.1'), { version, ...(wrong && { credentials: wrong }) })
    expect(why).toBe('the server refused the user or the password: look at "credentials"')
  })
})

describe('certificates', () => {
  it('of a server are refused without a trusted authority', async () => {
    for (const [listener, scheme] of [
      ['encrypted', 'mqtts'],
      ['encryptedWebSocket', 'wss'],
    ] as const)
      for (const tls of [{}, { rootCertificate: foreign.caFile }])
        expect(await fails(at(listener, scheme), { tls })).toMatch(/signed by an authority that.*"root_certificate"/)
  })

  it.each(['5', '3.1.1'] as const)(
    'of a client are presented if the server requires one (version %s)',
    async (version) => {
      const address = at('certified', 'mqtts')
      await works(address, { version, tls: { ...root, clientCertificate: client } })
      expect(await fails(address, { version, tls: root })).toMatch(
        /requires a client certificate.*"client_certificate"/,
      )
      const wrong = { ...root, clientCertificate: foreignClient }
      expect(await fails(address, { version, tls: wrong })).toMatch(
        /refused the client certificate.*"client_certificate"/,
      )
    },
  )

  it('that can not be read, or are invalid, are named with their key', async () => {
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
    await works(server.url, { id: 'relay-with-id', keepAliveMs: 6001 })
    await expect.poll(() => server.log()).toMatch(/as relay-with-id \(p5, c1, k7\)/)
  })

  it('a new id and five seconds without settings (SP-BRK-10)', async () => {
    await works(server.url, { version: '3.1.1' })
    await expect.poll(() => server.log()).toMatch(/as [0-9A-Z]{26} \(p2, c1, k5\)/)
  })
})

describe('a server that does not speak MQTT 5', () => {
  it('is connected with 3.1.1, at once the next time', async () => {
    const old = await mqtt3Proxy(server.port)
    const { broker, statuses } = await mqttLink(`mqtt://127.0.0.1:${old.port}`)
    expect({ statuses, refused: old.refused }).toEqual({ statuses: ['up'], refused: 1 })
    expect(broker.features.queue).toContain('3.1.1')
    await server.restart()
    await expect.poll(() => statuses).toContain('down')
    await expect.poll(() => statuses.at(-1)).toBe('up')
    expect(old.refused).toBe(1)
  })

  it('is not connected if the settings require MQTT 5', async () => {
    const old = await mqtt3Proxy(server.port)
    const why = await fails(`mqtt://127.0.0.1:${old.port}`, { version: '5' })
    expect(why).toMatch(/does not speak this version of MQTT: look at "version"/)
  })
})

describe('features', () => {
  const optional = ['queue', 'response_subject', 'headers'] as const

  it('are those of MQTT 5 before the first connection, unless the settings name a version', async () => {
    const unreachable = `mqtt://127.0.0.1:${await freePort()}`
    const featuresWith = async (settings: Partial<MqttSettings>): Promise<boolean[]> => {
      const { broker } = await mqttLink(unreachable, settings)
      return optional.map((feature) => broker.features[feature] === true)
    }
    expect(await featuresWith({})).toEqual([true, true, true])
    expect(await featuresWith({ version: '3.1.1' })).toEqual([false, false, false])
    expect(await featuresWith({ version: '3.1.1', payload: 'envelope' })).toEqual([false, true, false])
  })
})
