import { describe, expect, it } from 'vitest'
import { settled } from '../../testing/scripted-link.js'
import { contended, refsOf, release, valueRelay } from '../../testing/value-relay.js'
import { everything } from '../access/identity.js'

describe('a publish that waits for its condition', () => {
  it('is written at once if the condition holds, without a read or a subscription', async () => {
    const { client, store, broker } = await valueRelay()
    expect(await client().lock(1)).toMatchObject([{ Ack: { ref: 1 } }])
    expect([store.log, broker.log]).toEqual([['write lock'], []])
  })

  it('is not answered while its condition does not hold (FX-SYN-4)', async () => {
    const { relay, clients } = await contended(2)
    await relay.pass(60_000)
    expect(clients.map((client) => refsOf(client.received()))).toEqual([[], []])
  })

  it('is delivered when it is written, after the release, and not before (FX-SYN-5)', async () => {
    const relay = await valueRelay()
    const observer = relay.client()
    relay.store.set('lock', 'theirs')
    await observer.sends({ Subscribe: { ref: 1, subject: 'lock' } })
    const client = relay.client()
    await client.lock(1)
    expect(observer.received()).toEqual([])
    await release(relay)
    const [released, granted] = observer.received()
    expect([released?.Message?.deleted, granted?.Message?.message]).toEqual([true, 'mine'])
    expect(String(granted?.Message?.revision) > String(released?.Message?.revision)).toBe(true)
    expect(client.received()).toMatchObject([{ Ack: { ref: 1, revision: granted?.Message?.revision } }])
  })

  it('is written when the one that waits longest is, one for each release (FX-SYN-6)', async () => {
    const { relay, clients } = await contended(3)
    for (const i of [0, 1, 2]) {
      await release(relay)
      expect(clients.map((client) => refsOf(client.received()))).toEqual([0, 1, 2].map((k) => (k === i ? [i + 1] : [])))
    }
  })

  it('of 50 clients is written once, in order, and no two hold the lock (FX-SYN-7, Q1)', async () => {
    const { relay, clients } = await contended(50)
    await release(relay)
    const tokens: string[] = []
    for (const [i, client] of clients.entries()) {
      const [ack, ...more] = client.received()
      expect(more).toEqual([])
      expect(ack?.Ack?.ref).toBe(i + 1)
      tokens.push(String(ack?.Ack?.revision))
      expect(clients.slice(i + 1).flatMap((later) => later.received())).toEqual([])
      await client.retain(100, 'lock', '')
      await settled()
    }
    expect(tokens).toEqual([...new Set(tokens)].sort())
    expect(relay.store.written.slice(2)).toEqual(clients.flatMap(() => ['lock=mine', 'lock=']))
  })

  it('is passed over while its condition does not hold, and replaces the value (FX-SYN-8, FX-SYN-10)', async () => {
    const relay = await valueRelay()
    relay.store.set('lock', '{"state":"busy","left":"over"}')
    const [first, second] = [relay.client(), relay.client()]
    await first.retain(1, 'lock', '{"by":1}', { when: { state: 'ready' }, watch: true })
    await second.lock(2)
    await release(relay)
    expect([first.received(), refsOf(second.received())]).toEqual([[], [2]])
    await second.retain(3, 'lock', '{"state":"ready"}')
    expect(refsOf(first.received())).toEqual([1])
    expect(relay.store.get('lock')).toBe('{"by":1}')
  })

  it('waits for a value that does not exist yet (FX-SYN-9)', async () => {
    const relay = await valueRelay()
    const client = relay.client()
    expect(await client.retain(1, 'job', 'x', { when: { state: 'started' }, watch: true })).toEqual([])
    relay.store.set('job', '{"state":"other"}')
    relay.store.set('job', '{"state":"started"}')
    await settled()
    expect(refsOf(client.received())).toEqual([1])
  })

  it('that was released by its own session is not written again', async () => {
    const { relay, clients } = await contended(2)
    const [first, second] = clients
    await release(relay)
    await first?.retain(5, 'lock', '')
    expect(refsOf(second?.received())).toEqual([2])
    await release(relay)
    expect(relay.store.written.filter((line) => line === 'lock=mine')).toHaveLength(2)
  })
})

describe('a publish that waits no longer', () => {
  it('after its time is answered with "timeout" (FX-SYN-13)', async () => {
    const relay = await valueRelay()
    relay.store.set('lock', 'theirs')
    const client = relay.client()
    await client.lock(1, { watch_timeout: 500 })
    await relay.pass(499)
    expect(client.received()).toEqual([])
    await relay.pass(1)
    expect(client.received()).toMatchObject([{ Error: { ref: 1, code: 'timeout', retry: true } }])
    await release(relay)
    expect([client.received(), relay.store.get('lock')]).toEqual([[], undefined])
  })

  it('after "Cancel" is neither answered nor written', async () => {
    const { relay, clients } = await contended(2)
    const [first, second] = clients
    await first?.sends({ Cancel: { ref: 1 } })
    await release(relay)
    expect([first?.received(), refsOf(second?.received())]).toEqual([[], [2]])
  })

  it('after its client has left leaves its place to the next (FX-SYN-12)', async () => {
    const { relay, clients } = await contended(2)
    clients[0]?.dialect.close(1000)
    await release(relay)
    expect(refsOf(clients[1]?.received())).toEqual([2])
  })

  it('has its value deleted again if it was cancelled while it was written', async () => {
    const relay = await valueRelay()
    const [first, second] = [relay.client(), relay.client()]
    const go = relay.store.hold()
    await first.lock(1)
    await first.sends({ Cancel: { ref: 1 } })
    await second.lock(2)
    go()
    await settled()
    expect([first.received(), refsOf(second.received())]).toEqual([[], [2]])
    expect(relay.store.written).toEqual(['lock=mine', 'lock=', 'lock=mine'])
  })

  it('gets what is written as its time ends', async () => {
    const relay = await valueRelay()
    const client = relay.client()
    const go = relay.store.hold()
    await client.lock(1, { watch_timeout: 500 })
    await relay.pass(500)
    go()
    await settled()
    expect(client.received()).toMatchObject([{ Ack: { ref: 1 } }])
  })

  it('ends the subscription of its line', async () => {
    const { relay, clients } = await contended(2)
    for (const [i, client] of clients.entries()) await client.sends({ Cancel: { ref: i + 1 } })
    expect(relay.broker.log).toEqual(['+lock', '-lock'])
  })

  it('is refused if its client may no longer publish after a renewal', async () => {
    let isAllowed = true
    const relay = await valueRelay({ authenticate: async () => everything, authorize: () => isAllowed })
    relay.store.set('lock', 'theirs')
    const client = relay.client()
    await client.lock(1)
    isAllowed = false
    expect(await client.sends({ Authenticate: { ref: 2, token: 'other' } })).toMatchObject([
      { Ack: { ref: 2 } },
      { Error: { ref: 1, code: 'forbidden' } },
    ])
  })
})

describe('no wake-up is lost', () => {
  it.each([
    ['null', null, ''],
    ['JSON', { state: 'free' }, '{"state":"free"}'],
  ])('if the value changes between the test of %s and the subscription', async (_, when, payload) => {
    const relay = await valueRelay()
    relay.store.set('lock', 'theirs')
    relay.broker.hold()
    const client = relay.client()
    await client.lock(1, { when })
    relay.store.set('lock', payload) // not delivered
    relay.broker.confirm()
    await settled()
    expect(refsOf(client.received())).toEqual([1])
  })

  it('if the value changes while it is read', async () => {
    const { relay, clients } = await contended(1)
    relay.broker.status('down')
    const answer = relay.store.holdAnswers()
    relay.broker.status('up') // reads "theirs"
    await settled()
    await release(relay)
    answer()
    await settled()
    expect(refsOf(clients[0]?.received())).toEqual([1])
  })

  it('if it was delivered while the link was down', async () => {
    const { relay, clients } = await contended(1)
    relay.broker.status('down')
    relay.store.mute()
    await release(relay)
    expect(clients[0]?.received()).toEqual([])
    relay.broker.status('up')
    await settled()
    expect(refsOf(clients[0]?.received())).toEqual([1])
  })

  it('if another write comes first', async () => {
    const { relay, clients } = await contended(1)
    relay.store.between(1, () => void relay.store.set('lock', 'theirs'))
    await release(relay)
    expect(clients[0]?.received()).toEqual([])
    await release(relay)
    expect(refsOf(clients[0]?.received())).toEqual([1])
  })

  it.each(['read', 'write'] as const)('if a %s fails', async (method) => {
    const { relay, clients } = await contended(1)
    relay.store.fail(method, 'broker_down')
    relay.broker.status('down')
    relay.broker.status('up')
    await release(relay)
    await relay.pass(1000)
    expect(refsOf(clients[0]?.received())).toEqual([1])
  })

  it('if the store refuses what it should take: the line tries once a second', async () => {
    const { relay, clients } = await contended(1)
    relay.store.fail('write', 'condition_failed', 25)
    await release(relay)
    const calls = relay.store.log.length
    expect(calls).toBeLessThan(30) // the store is not asked without an end
    await relay.pass(1000)
    expect(relay.store.log.length).toBeGreaterThan(calls)
    expect(refsOf(clients[0]?.received())).toEqual([])
    await relay.pass(1000)
    expect(refsOf(clients[0]?.received())).toEqual([1])
  })
})
