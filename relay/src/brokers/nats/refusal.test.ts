import { expect, it } from 'vitest'
import { NoGreeting } from './greeting.js'
import { connectRefusal, endedBy } from './refusal.js'

const at = { text: 'localhost:4222' }
const failed = (code: string, message = code): Error => Object.assign(new Error(message), { code })

it.each([
  ['an unknown host', failed('ENOTFOUND'), {}, 'the host of NATS is unknown: look at "addresses"'],
  [
    'a refused connection',
    failed('ECONNREFUSED'),
    {},
    'NATS refused the connection: start the server, or look at "addresses"',
  ],
  [
    'a code of the library',
    failed('CONNECTION_REFUSED'),
    {},
    'NATS refused the connection: start the server, or look at "addresses"',
  ],
  [
    'an unreachable host',
    failed('EHOSTUNREACH'),
    {},
    'NATS does not answer: look at "addresses", and at firewalls on the way',
  ],
  ['another server', new NoGreeting('is not a NATS server'), {}, 'NATS is not a NATS server'],
  ['missing credentials', failed('AUTHORIZATION_VIOLATION'), {}, 'NATS requires credentials: set "auth"'],
  [
    'a wrong password',
    failed('AUTHORIZATION_VIOLATION'),
    { auth: { kind: 'user', user: 'me', password: 'secret' } as const },
    'NATS refused the user or the password: look at "auth"',
  ],
  [
    'another authority',
    failed('UNABLE_TO_VERIFY_LEAF_SIGNATURE'),
    {},
    'the certificate of NATS is signed by an authority that this relay does not trust: look at "root_certificate"',
  ],
  [
    'an alert about a missing client certificate',
    failed('ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE', '80:error:0A\n'),
    { greeting: { tls_verify: true } },
    'NATS requires a client certificate: look at "client_certificate"',
  ],
  [
    'a reset after a wrong client certificate',
    failed('ECONNRESET'),
    { greeting: { tls_verify: true }, clientCertificate: true },
    'NATS refused the client certificate: look at "client_certificate"',
  ],
  ['a reset', failed('EPIPE'), { greeting: {} }, 'NATS closed the connection at once: look at its log'],
  ['an unknown error', failed('WHAT', 'first line\nsecond'), {}, 'NATS failed: first line'],
])('names the remedy for %s', (_, cause, attempt, message) => {
  expect(connectRefusal(at, cause, attempt)).toBe(message.replace(/\bNATS(?! server)/, 'NATS at localhost:4222'))
})

it('names the reason for the end of an open connection', () => {
  expect(endedBy(undefined).message).toBe('the link to the NATS server ended: the server closed it')
  expect(endedBy(failed('AUTHENTICATION_EXPIRED')).message).toContain('the credentials for the server have expired')
  expect(endedBy(failed('NATS_PROTOCOL_ERR', "'maximum control line exceeded'")).message).toContain('control line')
})
