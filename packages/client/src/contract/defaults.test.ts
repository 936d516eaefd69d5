import { type ContractSchema, defineContract, type } from '@wildcast/contract'
import { describe, expect, test, vi } from 'vitest'
import { memberCount } from '../presence/member-count.js'
import { api } from '../testing/contracted.js'
import { type Tested, type TestedOptions, tested } from '../testing/tested.js'
import { values } from '../values/values.js'

const brokers = ['main', 'logs', 'other', 'scoped', 'home', 'rooms', 'math']

/** A client at a relay with the brokers of the contract. */
const connect = (client: NonNullable<TestedOptions['client']>): Promise<Tested> => tested({ brokers, client })

describe('a subscription', () => {
  test('has the options of its entry, unless the caller gives them', async () => {
    const { client, relay } = await connect({ contract: api })
    const quiet = (): void => {}
    client.subscribe('lamp.*', quiet)
    client.subscribe('lamp.*', quiet, { deliver: 'all', retained: false })
    client.subscribe('lamp.1', quiet, { maxRate: 5, last: 3 })
    client.subscribe('lamp.2', quiet, { group: 'g' })
    client.subscribe('log.*', quiet)
    client.subscribe('log.*', quiet, { broker: 'other' })
    client.broker('scoped').subscribe('log.*', quiet)
    client.subscribe('**', quiet, { broker: 'main' })
    await relay.settled()
    expect(relay.frames('Subscribe').map(({ policy, retained, broker }) => ({ policy, retained, broker }))).toEqual([
      { policy: { deliver: 'latest' }, retained: true, broker: undefined },
      { policy: undefined, retained: false, broker: undefined },
      { policy: { max_rate: 5 }, retained: undefined, broker: undefined },
      { policy: undefined, retained: undefined, broker: undefined },
      { policy: undefined, retained: undefined, broker: 'logs' },
      { policy: undefined, retained: undefined, broker: 'other' },
      { policy: undefined, retained: undefined, broker: 'scoped' },
      { policy: undefined, retained: undefined, broker: 'main' },
    ])
  })
  test('to entries on different brokers is refused, and the error names the remedy', async () => {
    const { client } = await connect({ contract: api })
    const remedy =
      'the contract has entries for "**" on different brokers (the default one, logs, main): give { broker }'
    expect(() => client.subscribe('**', () => {})).toThrow(new TypeError(remedy))
    expect(() => client.subscribe('**')).toThrow(new TypeError(remedy))
    await expect(client.can('subscribe', '**')).rejects.toThrow(new TypeError(remedy))
  })
  test('has no order of options in which a loop loses them', async () => {
    const { client, relay } = await connect({ contract: api })
    client.subscribe('lamp.*')
    client.subscribe('log.*', { broker: 'other' })
    await relay.settled()
    expect(relay.frames('Subscribe')).toMatchObject([{ retained: true }, { broker: 'other' }])
  })
})

test('values, member counts and permissions are asked for at the broker of the entry', async () => {
  const placed = defineContract({
    'lamp.*': { value: type<number>(), broker: 'home' },
    'room.{room}': { presence: type<object>(), broker: 'rooms' },
    'math.sum': { request: type<number>(), reply: type<number>(), broker: 'math' },
  })
  const { client, relay } = await connect({ contract: placed })
  values(client).watch('lamp.{lamp}')
  memberCount(client, 'room.{room}')
  void values(client).set('lamp.1', 5)
  client.can('subscribe', 'lamp.{lamp}').catch(() => {})
  client.can('serve', 'math.sum').catch(() => {})
  client.can('presence', 'room.42').catch(() => {})
  client.serve('math.sum', () => 1)
  client.request('math.sum', 1).catch(() => {})
  await relay.settled()
  const kinds = ['Subscribe', 'Publish', 'CanI', 'Request'] as const
  const sent = kinds.flatMap((kind) =>
    relay
      .frames(kind)
      .flatMap(({ subject, broker }) => (broker && !subject.startsWith('_reply') ? [[kind, subject, broker]] : [])),
  )
  expect(sent).toEqual([
    ['Subscribe', 'lamp.*', 'home'],
    ['Subscribe', '$presence.room.*.*', 'rooms'],
    ['Subscribe', 'math.sum', 'math'],
    ['Publish', 'lamp.1', 'home'],
    ['CanI', 'lamp.*', 'home'],
    ['CanI', 'math.sum', 'math'],
    ['CanI', 'room.42', 'rooms'],
    ['Request', 'math.sum', 'math'],
  ])
})

test('the check is unknown to createClient if it is misspelled', async () => {
  await expect(connect({ contract: api, check: 'warn' as 'off' })).rejects.toThrow('check must be')
})

test('the default check throws, and reports in production', async () => {
  vi.stubEnv('NODE_ENV', 'production')
  const production = await connect({ contract: api })
  vi.unstubAllEnvs()
  const development = await connect({ contract: api })
  expect(await production.client.publish('good.apple', {})).toBe('confirmed')
  expect(production.errors).toMatchObject([{ code: 'invalid_payload' }])
  await expect(development.client.publish('good.apple', {})).rejects.toMatchObject({ code: 'invalid_payload' })
})

test.each([
  [
    'throws',
    () => {
      throw new Error('oops')
    },
    /has thrown an error/,
  ],
  ['is asynchronous', async () => ({ value: 1 }), /has returned a promise/],
] as const)('a schema that %s is reported, and refuses a publish', async (_, validate, text) => {
  const schema = { '~standard': { version: 1, vendor: 'test', validate } } as ContractSchema
  const one = await connect({ contract: defineContract({ a: { message: schema } }) })
  await expect(one.client.publish('a', 1)).rejects.toThrow(text)
  await expect(one.client.publish('a', 1)).rejects.toBeInstanceOf(TypeError)
  const seen: unknown[] = []
  one.client.subscribe('a', ({ data }) => seen.push(data))
  await one.relay.settled()
  await one.relay.publish('a', 1)
  expect(seen).toEqual([])
  expect(one.errors).toMatchObject([{ stage: 'contract', message: expect.stringMatching(text) }])
})
