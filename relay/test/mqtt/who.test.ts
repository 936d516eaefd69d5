import { readFileSync } from 'node:fs'
import { connectAsync } from 'mqtt'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openAuthenticator } from '../../src/auth/authenticator.js'
import { hashSecret } from '../../src/auth/scrypt.js'
import { everything, realClock } from '../../src/index.js'
import { makeCertificates } from '../servers/certificates.js'
import { mqttRelay } from './mqtt-relay.js'
import { connected, facts } from './raw-mqtt.js'

const subscribe = (...topics: string[]): object => ({
  cmd: 'subscribe',
  messageId: 1,
  subscriptions: topics.map((topic) => ({ topic, qos: 2 })),
})

async function start() {
  const { authenticate } = openAuthenticator(
    {
      users: { ann: { password: await hashSecret('secret'), role: 'member' } },
      keys: { robot: { hash: await hashSecret('of-the-robot'), role: 'member' } },
      roles: { member: { publish: ['ok.**'], subscribe: ['ok.**'] } },
    },
    { clock: realClock },
  )
  return mqttRelay({ authenticate })
}

describe('a client', () => {
  it('shows a user and password, or a key as its password', async () => {
    const { port } = await start()
    const { connack } = await connected(port, { username: 'ann', password: Buffer.from('secret') })
    expect(connack.returnCode).toBe(0)
    const robot = await connected(port, { level: 5, username: 'any', password: Buffer.from('robot.of-the-robot') })
    expect(robot.connack.reasonCode).toBe(0)
  })

  it('is refused without credentials and with wrong ones (FX-MQ-14)', async () => {
    const { port } = await start()
    const wrong = { username: 'ann@\u0001/realm', password: Buffer.from('wrong') }
    const ann = { username: 'ann', password: Buffer.from('wrong') }
    expect((await connected(port, ann)).connack.returnCode).toBe(5)
    expect((await connected(port, { ...ann, level: 5 })).connack.reasonCode).toBe(0x86)
    expect((await connected(port, {})).connack.returnCode).toBe(5)
    expect((await connected(port, wrong)).connack.returnCode).toBe(5)
  })

  it('may not publish elsewhere: refused in 5.0, dropped in 3.1.1, and the relay lives (FX-AUT-12)', async () => {
    const { port } = await start()
    const ann = { username: 'ann', password: Buffer.from('secret') }
    const denied = { cmd: 'publish', topic: 'no/x', payload: 'x', qos: 1, messageId: 2 }
    const five = await connected(port, { ...ann, level: 5 })
    five.send(denied)
    expect(facts(await five.next())).toEqual({ cmd: 'puback', messageId: 2, reasonCode: 0x87 })
    const old = await connected(port, ann)
    old.send(denied)
    expect(facts(await old.next())).toEqual({ cmd: 'puback', messageId: 2 })
    const will = { topic: 'no/x', payload: Buffer.from('x'), qos: 0, retain: false }
    expect((await connected(port, { ...ann, will })).connack.returnCode).toBe(5)
    expect((await connected(port, { ...ann, level: 5, will })).connack.reasonCode).toBe(0x87)
  })

  it('is refused one filter, and granted the others (FX-AUT-13)', async () => {
    const { port } = await start()
    const one = await connected(port, { username: 'ann', password: Buffer.from('secret') })
    one.send(subscribe('no/x', 'ok/x'))
    expect((await one.next()).granted).toEqual([128, 2])
  })

  it('of another user has another session, with the same client id', async () => {
    const users = Object.fromEntries(
      await Promise.all(['ann', 'bob'].map(async (name) => [name, { password: await hashSecret(name), role: 'm' }])),
    )
    const roles = { m: { publish: ['**'], subscribe: ['**'] } }
    const { port } = await mqttRelay(openAuthenticator({ users, roles }, { clock: realClock }))
    const [ann, bob] = await Promise.all(
      ['ann', 'bob'].map((name) => connected(port, { clientId: 'x', username: name, password: Buffer.from(name) })),
    )
    expect(await ann?.all()).toEqual([])
    expect(await bob?.all()).toEqual([])
  })
})

it('TLS: the certificate of a client is a credential', async () => {
  const { server, caFile, ca, client } = makeCertificates()
  const certificates: unknown[] = []
  const { port } = await mqttRelay({
    front: { tls: { certificate: server.certFile, key: server.keyFile, clientCa: caFile } },
    authenticate: async ({ certificate }) => {
      certificates.push(certificate)
      return everything
    },
  })
  const one = await connectAsync(`mqtts://localhost:${port}`, {
    ca,
    cert: readFileSync(client.certFile),
    key: readFileSync(client.keyFile),
    reconnectPeriod: 0,
  })
  onTestFinished(() => one.endAsync(true))
  await one.publishAsync('a', 'x', { qos: 2 })
  expect(certificates).toEqual([expect.stringContaining('CN=client')])
})
