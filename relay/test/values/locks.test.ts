import { WildcastError } from '@wildcast/protocol'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  type Credentials,
  everything,
  type Identity,
  memory,
  nats,
  newId,
  type OpenBroker,
  realClock,
  redis,
} from '../../src/index.js'
import { type Nats, startNats } from '../servers/nats.js'
import { type Redis, startRedis } from '../servers/redis.js'
import { type StartedRelay, startRelay } from '../start-relay.js'
import { client as v1Client } from '../v1-client.js'
import { type LockClient, lockClient } from './lock-clients.js'

let server: Redis
let jetStream: Nats

beforeAll(async () => {
  server = await startRedis()
  jetStream = await startNats({ jetstream: true })
  return () => Promise.all([server.stop(), jetStream.stop()])
})

const ports = { clock: realClock, newId, maxPayload: 1024 * 1024 }
/** Relays that share a store. Subjects differ by test. */
const stores: Record<string, () => Promise<readonly [StartedRelay, StartedRelay]>> = {
  async memory() {
    const relay = await startRelay({ brokers: { main: memory(ports) } })
    return [relay, relay]
  },
  async Redis() {
    const main: OpenBroker = redis({ url: server.url }, ports)
    return [await startRelay({ brokers: { main } }), await startRelay({ brokers: { main } })]
  },
  async NATS() {
    const main: OpenBroker = nats({ addresses: [jetStream.url] }, ports)
    return [await startRelay({ brokers: { main } }), await startRelay({ brokers: { main } })]
  },
}

describe.each(Object.entries(stores))('with values in %s', (name, open) => {
  it('50 clients take one lock in turn, while holders are lost: each token is greater (FX-SYN-7, Q1)', async () => {
    const relays = await open()
    const subject = `${name}.lock`
    const clients = await Promise.all(Array.from({ length: 50 }, (_, i) => lockClient(relays[i % 2] as StartedRelay)))
    const held: string[] = []
    let holders = 0
    await Promise.all(
      clients.map(async (one, i) => {
        held.push(await one.lock(subject, { will_after: 300 }))
        // The will of a holder that is lost is written by the relay, some time after it is gone.
        if (i % 10 === 3) {
          one.drop()
          return
        }
        holders++
        await new Promise((resolve) => setImmediate(resolve))
        expect(holders).toBe(1)
        holders--
        if (i % 10 === 6) await one.close(1001)
        else await one.unlock(subject)
      }),
    )
    expect(held).toHaveLength(50)
    expect(held).toEqual([...new Set(held)].sort())
  })

  it('of writers that find no value at the same time, one wins (Q4)', async () => {
    const relays = await open()
    const clients = await Promise.all(Array.from({ length: 8 }, (_, i) => lockClient(relays[i % 2] as StartedRelay)))
    for (let round = 0; round < 25; round++) {
      const write = (one: LockClient, i: number): Promise<string> =>
        one.retain(`${name}.once.${round}`, `${i}`, { when: null })
      const outcomes = await Promise.all(clients.map(write))
      expect(outcomes.filter((outcome) => outcome !== 'condition_failed')).toHaveLength(1)
    }
  })

  it('a holder whose lock was taken away can write nothing with its token (Q3)', async () => {
    const [first, second] = await open()
    const [old, next] = [await lockClient(first), await lockClient(second)]
    const subject = `${name}.fence`
    const token = await old.lock(subject, { will_after: 100 })
    const later = await next.lock(subject)
    expect(await old.next()).toMatchObject({ kind: 'Lost', subject })
    expect(later > token).toBe(true)
    expect(await old.retain(subject, 'mine still', { when_revision: token })).toBe('condition_failed')
    expect(await next.retain(subject, 'mine', { when_revision: later })).not.toBe('condition_failed')
  })

  it('a value with a condition in JSON is written by one of two relays', async () => {
    const relays = await open()
    const clients = await Promise.all(relays.map((relay) => lockClient(relay)))
    const subject = `${name}.job`
    await clients[0]?.retain(subject, '{"state":"ready","n":"7"}')
    const take = (one: LockClient): Promise<string> =>
      one.retain(subject, '{"state":"taken"}', { when: { state: 'ready', n: 7 } })
    const outcomes = await Promise.all(clients.map(take))
    expect(outcomes.filter((outcome) => outcome === 'condition_failed')).toHaveLength(1)
  })

  it('members who enter and leave are seen at both relays, also by one who comes later', async () => {
    const [first, second] = await open()
    const [ada, bob, watcher] = [await lockClient(first), await lockClient(second), await lockClient(second)]
    const room = { subject: `${name}.room` }
    const value = (member: string): string => `$presence.${room.subject}.anonymous~${member}`
    await ada.ask('Enter', { ...room, member: 'ada', message: '1' })
    await watcher.ask('Subscribe', { subject: `$presence.${name}.*.*`, retained: true })
    expect(await watcher.next()).toMatchObject({ kind: 'Message', subject: value('ada'), message: '1', retained: true })
    expect(await watcher.next()).toMatchObject({ kind: 'Synced' })
    await bob.ask('Enter', { ...room, member: 'bob' })
    expect(await watcher.next()).toMatchObject({ subject: value('bob'), message: '{}' })
    await ada.ask('Enter', { ...room, member: 'ada', message: '2' })
    expect(await watcher.next()).toMatchObject({ subject: value('ada'), message: '2' })
    await ada.ask('Leave', { ...room, member: 'ada' })
    expect(await watcher.next()).toMatchObject({ subject: value('ada'), deleted: true })
    await bob.close(1000)
    expect(await watcher.next()).toMatchObject({ subject: value('bob'), deleted: true })
  })
})

it('a client whose token is refused writes no value and leaves no will (Q5)', async () => {
  const authenticate = async ({ token }: Credentials): Promise<Identity> => {
    if (token !== 'good') throw new WildcastError('unauthorized', 'no such token')
    return everything
  }
  const relay = await startRelay({ authenticate })
  const refused = await v1Client(relay)
  refused.say({ Connect: { token: 'bad' } })
  refused.say({ Publish: { subject: 'state', message: 'on', retain: true, will: 'off' } })
  expect(await refused.closed).toMatchObject({ code: 4501 })
  const other = await lockClient(relay, 'good')
  await other.ask('Subscribe', { subject: '**', snapshot: true })
  expect(await other.next()).toMatchObject({ kind: 'Synced' })
})
