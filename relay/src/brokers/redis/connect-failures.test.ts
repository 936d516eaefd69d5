import { inspect } from 'node:util'
import { WildcastError } from '@wildcast/protocol'
import { expect, it } from 'vitest'
import { type RedisConnectionName, redisConnectFailure, redisLossOf } from './connect-failures.js'

// Failures that can't be provoked on current servers. The others are in
// relay/test/brokers/redis-options.test.ts.

const connection: RedisConnectionName = { shown: 'Redis at here:1', key: 'url', encrypted: false, named: false }

/** A server's refusal as ioredis reports it. */
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
    'Redis at here:1 does not allow this user to connect: look at its ACL, or at "username"',
  ],
  [
    reply("ERR unknown command 'HELLO', with args beginning with: '3' 'AUTH' 'me' 'secret' "),
    "Redis at here:1 refused the connection: ERR unknown command 'HELLO'",
  ],
  [
    reply('ERR unknown command `hello`, with args beginning with: `3`, `AUTH`, `me`, `secret`, '),
    'Redis at here:1 refused the connection: ERR unknown command `hello`',
  ],
])('%s becomes a message without the command that was sent', (cause, message) => {
  const error = redisConnectFailure(cause, connection)
  expect(error).toMatchObject({ code: 'broker_down', message })
  expect(inspect(error, { depth: 9 })).not.toContain('secret')
})

it('an error that has its message already stays as it is', () => {
  const error = new WildcastError('broker_down', 'no file')
  expect(redisConnectFailure(error, connection)).toBe(error)
  expect(redisLossOf(error, connection)).toBe(error)
})

it.each([
  [coded('ECONNRESET'), 'Redis at here:1 closed the connection (ECONNRESET)'],
  [new Error('Unknown RESP type 72 "H"'), 'Redis at here:1 closed the connection (it is not a Redis server)'],
  [undefined, 'Redis at here:1 closed the connection'],
])('a connection lost by %s is reported', (cause, message) => {
  expect(redisLossOf(cause, connection).message).toBe(message)
})
