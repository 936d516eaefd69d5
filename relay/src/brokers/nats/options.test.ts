import { expect, it } from 'vitest'
import { natsAddressOf } from './address.js'
import { connectionOptions } from './options.js'

const settings = { addresses: [] }
const plain = natsAddressOf('localhost')
const offered = { tls_available: true }

it('disable reconnecting, name resolution and pings, which the link does', () => {
  expect(connectionOptions({ ...settings, clientName: 'relay 1' }, plain, {}, {})).toEqual({
    servers: 'localhost:4222',
    name: 'relay 1',
    timeout: 5000,
    reconnect: false,
    ignoreClusterUpdates: true,
    resolve: false,
    pingInterval: 2 ** 31 - 1,
    noAsyncTraces: true,
  })
})

it.each([
  ['localhost', { servername: 'localhost' }],
  ['127.0.0.1', { host: '127.0.0.1' }],
  ['[::1]:4223', { host: '::1' }],
])('name the host that the certificate of %s must be for, if the server speaks TLS', (address, tls) => {
  expect(connectionOptions(settings, natsAddressOf(address), offered, {}).tls).toEqual(tls)
})

it('pass certificates as text', () => {
  const files = { ca: Buffer.from('ca'), cert: Buffer.from('cert'), key: Buffer.from('key') }
  expect(connectionOptions({ ...settings, tls: {} }, plain, offered, files).tls).toMatchObject({
    ca: 'ca',
    cert: 'cert',
    key: 'key',
  })
})

it.each([
  ['tls = true', { tls: true }, plain, 'leave out "tls"'],
  ['certificates', { tls: {} }, plain, 'leave out "tls"'],
  ['tls://', {}, natsAddressOf('tls://localhost'), 'write nats://'],
])('can not be made if %s requires TLS and the server does not speak it', (_, more, address, remedy) => {
  expect(() => connectionOptions({ ...settings, ...more }, address, {}, {})).toThrow(remedy)
})

it('log in with the settings, or else with the address', () => {
  const address = natsAddressOf('nats://from:address@localhost')
  const logsIn = (auth: object): unknown =>
    [connectionOptions({ ...settings, ...auth }, address, {}, {}).authenticator]
      .flat()
      .map((authenticator) => authenticator?.('nonce'))
  expect(logsIn({})).toEqual([{ user: 'from', pass: 'address' }])
  expect(logsIn({ auth: { kind: 'token', token: 't' } })).toEqual([{ auth_token: 't' }])
})

it.each([
  ['an NKey', { kind: 'nkey', seed: 'SUSECRET' }],
  ['a JWT', { kind: 'jwt', seed: 'SUSECRET', jwt: 'ey' }],
  ['credentials', { kind: 'credentials', text: '-----BEGIN SUSECRET' }],
  ['a credentials file', { kind: 'credentialsFile', path: '/a.creds' }],
] as const)('can not be made if %s can not be read, and the message holds no secret', (_, auth) => {
  const read = (): unknown => connectionOptions({ ...settings, auth }, plain, {}, { credentials: 'SUSECRET' })
  expect(read).toThrow(/^the credentials can't be read: .*; look at "auth"$/)
  expect(read).not.toThrow(/SECRET/)
})
