import { inspect } from 'node:util'
import { WildcastError } from '@wildcast/protocol'
import { expect, it } from 'vitest'
import { type RedisConnectionName, redisConnectFailure, redisLossOf } from './connect-failures.js'

// What servers of today don't say to a test. The rest is in
// relay/test/brokers/redis-options.test.ts.

const where: RedisConnectionName = { shown: 'Redis at here:1', key: 'url', encrypted: false, named: false }

/** As the library makes it of a server's refusal. */
const reply = (message: string): Error =>
  Object.assign(new Error(message), {
    name: 'ReplyError',
    command: { name: 'hello', args: ['3', 'AUTH', 'me', 'secret'] },
  })
const coded = (code: string): Error => Object.assign(new Error('failed'), { code })

it.each([
  [coded('CERT_HAS_EXPIRED'), 'the certificate of Redis at here:1 has expired: renew it at the server'],
  [coded('EAI_AGAIN'), 'the host of Redis at here:1 is unknown: look at "url"'],
  [coded('EHOSTUNREACH'), 'Redis at here:1 does not answer: look at "url", and at firewalls on the way'],
  [reply('ERR invalid password'), 'Redis at here:1 refused the password: look at "password"'],
  [
    reply("NOPERM this user has no permissions to run the 'select' command"),
    'Redis at here:1 does not allow this user to connect so: look at its ACL, or at "username"',
  ],
  [
    reply("ERR unknown command 'HELLO', with args beginning with: '3' 'AUTH' 'me' 'secret' "),
    "Redis at here:1 refused the connection: ERR unknown command 'HELLO'",
  ],
  [
    reply('ERR unknown command `hello`, with args beginning with: `3`, `AUTH`, `me`, `secret`, '),
    'Redis at here:1 refused the connection: ERR unknown command `hello`',
  ],
])('%s is told in plain words, without what was sent', (cause, words) => {
  const error = redisConnectFailure(cause, where)
  expect(error).toMatchObject({ code: 'broker_down', message: words })
  expect(inspect(error, { depth: 9 })).not.toContain('secret')
})

it('what was told already stays as it is', () => {
  const told = new WildcastError('broker_down', 'told')
  expect(redisConnectFailure(told, where)).toBe(told)
  expect(redisLossOf(told, where)).toBe(told)
})

it.each([
  [coded('ECONNRESET'), 'Redis at here:1 closed the connection (ECONNRESET)'],
  [new Error('Unknown RESP type 72 "H"'), 'Redis at here:1 closed the connection (it spoke no Redis)'],
  [undefined, 'Redis at here:1 closed the connection'],
])('a loss by %s is told', (cause, words) => {
  expect(redisLossOf(cause, where).message).toBe(words)
})
