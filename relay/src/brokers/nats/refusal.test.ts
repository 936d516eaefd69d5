import { expect, it } from 'vitest'
import { NoGreeting } from './greeting.js'
import { connectRefusal, endedBy } from './refusal.js'

const at = { text: 'localhost:4222' }
const failed = (code: string, message = code): Error => Object.assign(new Error(message), { code })

it.each([
  ['no such host', failed('ENOTFOUND'), {}, 'there is no host of that name; look at "addresses"'],
  ['nobody there', failed('ECONNREFUSED'), {}, 'nobody listens there; start the server, or look at "addresses"'],
  [
    'no road',
    failed('EHOSTUNREACH'),
    {},
    'it did not answer in time; look at "addresses", and at firewalls on the way',
  ],
  [
    'something else',
    new NoGreeting('what listens there is no NATS server'),
    {},
    'what listens there is no NATS server',
  ],
  ['no credentials', failed('AUTHORIZATION_VIOLATION'), {}, 'it asks for credentials; set "auth"'],
  [
    'a wrong password',
    failed('AUTHORIZATION_VIOLATION'),
    { auth: { kind: 'user', user: 'me', password: 'secret' } as const },
    'it refused the user or the password; look at "auth"',
  ],
  [
    'another authority',
    failed('UNABLE_TO_VERIFY_LEAF_SIGNATURE'),
    {},
    'its certificate is not trusted; name whoever signed it as "root_certificate"',
  ],
  [
    'an alert about a missing client certificate',
    failed('ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE', '80:error:0A\n'),
    { greeting: { tls_verify: true } },
    'it asks for a client certificate; name one as "client_certificate"',
  ],
  [
    'a reset after a wrong client certificate',
    failed('ECONNRESET'),
    { greeting: { tls_verify: true }, clientCertificate: true },
    'it did not take the client certificate; look at "client_certificate"',
  ],
  ['a reset', failed('EPIPE'), { greeting: {} }, 'it hung up at once; its log says why'],
  ['what nobody foresaw', failed('WHAT', 'first line\nsecond'), {}, 'first line'],
])('says what to look at: %s', (_, cause, attempt, reason) => {
  expect(connectRefusal(at, cause, attempt)).toBe(`NATS at localhost:4222: ${reason}`)
})

it('says why a connection that stood has ended', () => {
  expect(endedBy(undefined).message).toBe('the link to the NATS server ended: it hung up')
  expect(endedBy(failed('AUTHENTICATION_EXPIRED')).message).toContain('the credentials have expired')
  expect(endedBy(failed('NATS_PROTOCOL_ERR', "'maximum control line exceeded'")).message).toContain('control line')
})
