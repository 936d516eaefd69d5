import { expect, it } from 'vitest'
import { natsAddressOf } from './address.js'

it.each([
  ['nats.internal', { host: 'nats.internal', port: 4222, encrypted: false, text: 'nats.internal:4222' }],
  ['10.0.0.1:5222', { host: '10.0.0.1', port: 5222, encrypted: false, text: '10.0.0.1:5222' }],
  ['nats://localhost:80', { host: 'localhost', port: 80, encrypted: false, text: 'localhost:80' }],
  ['tls://[::1]', { host: '::1', port: 4222, encrypted: true, text: '[::1]:4222' }],
  ['TLS://connect.ngs.global', { host: 'connect.ngs.global', port: 4222, encrypted: true }],
  ['nats://me:s%40crt@localhost', { auth: { kind: 'user', user: 'me', password: 's@crt' }, text: 'localhost:4222' }],
  ['nats://t0ken@localhost', { auth: { kind: 'token', token: 't0ken' }, text: 'localhost:4222' }],
])('reads %s', (text, address) => {
  expect(natsAddressOf(text)).toMatchObject(address)
})

it('refuses a password with a "%" that begins no escape, without quoting it', () => {
  const open = (): unknown => natsAddressOf('nats://me:secret%zz@localhost')
  expect(open).toThrow(RangeError)
  expect(open).toThrow(/%25/)
  expect(open).not.toThrow(/secret/)
})

it.each(['', 'http://localhost', 'ws://localhost', 'nats://', 'localhost:x', 'nats://:4222', 'a b'])(
  'refuses %j, without quoting it',
  (text) => {
    const secret = text.replace('://', '://me:secret@')
    expect(() => natsAddressOf(secret)).toThrow(RangeError)
    expect(() => natsAddressOf(secret)).not.toThrow(/secret/)
  },
)
