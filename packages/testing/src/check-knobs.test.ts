import { describe, expect, it } from 'vitest'
import { createTestRelay } from './create-test-relay.js'
import { open } from './testing/open.js'

describe('a test relay refuses, with a sentence,', () => {
  it.each<[string, object, string]>([
    ['an unknown option', { limit: {} }, 'createTestRelay has no "limit": it has brokers, history'],
    ['an unknown limit', { limits: { paylod: 5 } }, 'limits has no "paylod": it has payload, frame'],
    ['a negative limit', { limits: { payload: -1 } }, 'limits.payload is a number from 0, not -1'],
    ['a limit that is no number', { limits: { resumeMs: '5s' } }, 'limits.resumeMs is a number from 0, not 5s'],
    ['NaN', { limits: { backlog: Number.NaN } }, 'limits.backlog is a number from 0, not NaN'],
    ['a history of nothing', { history: [{ subjects: 'a', messages: 0 }] }, 'a number of messages from 1, not 0'],
    ['a negative age', { history: [{ subjects: 'a', messages: 1, ageMs: -1 }] }, 'the ageMs of history is a number'],
    ['a broker that is no list', { brokers: 'main' }, "brokers is a list, such as ['main', 'audit']"],
    ['no broker', { brokers: [] }, "brokers has at least one name, such as ['main']"],
    [
      'a history that is no list',
      { history: { subjects: 'a', messages: 1 } },
      'history is a list, such as [{ subjects',
    ],
    ['a contract that is not defined', { contract: { 'a.*': {} } }, 'contract is what defineContract returns'],
    ['an unknown field of auth', { auth: { token: {} } }, 'auth has no "token": it has tokens, anonymous'],
    [
      'an unknown rule',
      { auth: { tokens: { ada: { pub: ['a'] } } } },
      'the token "ada" has no "pub": it has user, role',
    ],
    ['an unknown denial', { auth: { tokens: { ada: { deny: { pub: ['a'] } } } } }, 'deny has no "pub": it has publish'],
    [
      'an unknown rule without a token',
      { auth: { anonymous: { user: 'a' } } },
      'anonymous has no "user": it has publish',
    ],
    ['an unknown field of a history', { history: [{ subject: 'a', messages: 1 }] }, 'history has no "subject"'],
  ])('%s', async (_, options, text) => {
    await expect(createTestRelay(options)).rejects.toThrow(text)
  })

  it('a cut and a delay that are no time', async () => {
    const relay = await open()
    expect(() => relay.cut({ forMs: -1 })).toThrow(new RangeError('cut({ forMs }) is a number from 0, not -1'))
    expect(() => relay.cut({ forMs: Number.NaN })).toThrow(RangeError)
    expect(() => relay.delay(-1)).toThrow(new RangeError('delay is a number from 0, not -1'))
    expect(() => relay.delay(Number.POSITIVE_INFINITY)).toThrow(RangeError)
    const misspelled: object = { ms: 5 }
    expect(() => relay.cut(misspelled)).toThrow(new TypeError('cut has no "ms": it has client, forMs'))
  })

  it('an unknown action, and an unknown option of a message', async () => {
    const relay = await open()
    const unknown = new TypeError('there is no action "pub": there are publish, subscribe, request, serve, presence')
    expect(() => relay.refuse('pub' as 'publish', 'a')).toThrow(unknown)
    const misspelled: object = { retained: true }
    await expect(relay.publish('a', 1, misspelled)).rejects.toThrow('publish has no "retained": it has broker, headers')
  })

  it('no endless cut, and no limit that is undefined', async () => {
    const relay = await createTestRelay({ limits: { publishes: undefined, payload: Number.POSITIVE_INFINITY } })
    relay.cut({ forMs: Number.POSITIVE_INFINITY })
    await relay.close()
  })
})
