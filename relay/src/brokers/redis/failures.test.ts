import { inspect } from 'node:util'
import { expect, it } from 'vitest'
import { commandFailure, isRefusal } from './failures.js'

/** A refusal of the server, as ioredis throws it. */
const reply = (message: string): Error =>
  Object.assign(new Error(message), { name: 'ReplyError', command: { name: 'evalsha', args: ['secret'] } })

it.each([
  ['READONLY', 'broker_down', "READONLY You can't write against a read only replica. script: 1, on @user_script:3."],
  ['MASTERDOWN', 'broker_down', "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'."],
  ['OOM', 'internal', "OOM command not allowed when used memory > 'maxmemory'. script: 1, on @user_script:3."],
  [
    'OOM',
    'internal',
    'ERR Error running script (call to f_1): @user_script:3: @user_script: 3: ' +
      "-OOM command not allowed when used memory > 'maxmemory'. ",
  ],
  [
    'NOPERM',
    'forbidden',
    "ERR The user executing the script can't publish to the channel mentioned in the command " +
      'script: 1, on @user_script:3.',
  ],
  ['ERR', 'internal', 'ERR value is out of range'],
])('a refusal with %s is %s: %s', (word, code, message) => {
  const error = commandFailure(reply(message))
  expect(error.code).toBe(code)
  expect(isRefusal(reply(message), word)).toBe(true)
  expect(inspect(error, { depth: 9 })).not.toContain('secret')
})

it('an error omits the arguments of the command, which the server repeats', () => {
  const words = "ERR unknown command 'EVALSHA', with args beginning with: 'ab' '1' 'secret' "
  expect(commandFailure(reply(words)).message).toBe("Redis refused it: ERR unknown command 'EVALSHA'")
})

it('a failure without a reply is broker_down', () => {
  expect(commandFailure(new Error('Connection is closed.')).code).toBe('broker_down')
})
