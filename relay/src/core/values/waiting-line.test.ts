import { WildcastError } from '@wildcast/protocol'
import { describe, expect, it } from 'vitest'
import type { LineFrame } from '../../testing/line-relay.js'
import { settled } from '../../testing/scripted-link.js'
import { type ValueClient, type ValueRelay, valueRelay } from '../../testing/value-relay.js'

const refsOf = (frames: readonly LineFrame[]): unknown[] => frames.map(({ Ack, Error: failure }) => (Ack ?? failure)?.ref)
const release = async ({ store }: ValueRelay): Promise<void> => {
  store.set('lock', '')
  await settled()
}

/** A relay whose lock is held elsewhere, and clients that wait for it. */
async function contended(
  count: number,
  options: Parameters<typeof valueRelay>[0] = {},
): Promise<{ relay: ValueRelay; clients: readonly ValueClient[] }> {
  const relay = await valueRelay(options)
  relay.store.set('lock', 'theirs')
  const clients = Array.from({ length: count }, () => relay.client())
  for (const [i, client] of clients.entries()) expect(await client.lock(i + 1)).toEqual([]) // FX-SYN-4
  return { relay, clients }
}

describe('a publish that waits for its condition', () => {
  it('is written at once if the condition holds, without a read or a subscription', async () => {
    const { client, store, broker } = await valueRelay()
    expect(await client().lock(1)).toMatchObject([{ Ack: { ref: 1 } }])
    expect([store.log, broker.log]).toEqual([['write lock'], []])
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

  it('is passed over while its condition does not hold (FX-SYN-10), whatever the value was before (FX-SYN-8)', async () => {
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
    expect(refsOf(second?.received() ?? [])).toEqual([2])
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
    expect([first?.received(), refsOf(second?.received() ?? [])]).toEqual([[], [2]])
  })

  it('after its client has left leaves its place to the next (FX-SYN-12)', async () => {
    const { relay, clients } = await contended(2)
    clients[0]?.dialect.close(1000)
    await release(relay)
    expect(refsOf(clients[1]?.received() ?? [])).toEqual([2])
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

  it('if its client may no longer publish, as a renewed token says', async () => {
    let isAllowed = true
    const identity = { user: 'ada', role: undefined, grants: undefined, expiresAt: undefined }
    const relay = await valueRelay({ authenticate: async () => identity, authorize: () => isAllowed })
    relay.store.set('lock', 'theirs')
    const client = relay.client()
    await settled()
    await client.lock(1)
    isAllowed = false
    expect(await client.sends({ Authenticate: { ref: 2, token: 'other' } })).toMatchObject([
      { Error: { ref: 1, code: 'forbidden' } },
      { Ack: { ref: 2 } },
    ])
  })
})

describe('no wake-up is lost', () => {
  it('if the value changes between the test and the subscription', async () => {
    const relay = await valueRelay()
    relay.store.set('lock', 'theirs')
    relay.broker.hold()
    const client = relay.client()
    await client.lock(1)
    relay.store.set('lock', '') // nobody receives it
    relay.broker.confirm()
    await settled()
    expect(refsOf(client.received())).toEqual([1])
  })

  it('if the value changes while it is read', async () => {
    const relay = await valueRelay()
    relay.store.set('lock', 'theirs')
    const client = relay.client()
    await client.lock(1)
    const go = relay.store.hold()
    relay.broker.status('down')
    relay.broker.status('up') // reads again
    await settled()
    relay.store.set('lock', '')
    relay.store.set('lock', 'others')
    go()
    await settled()
    relay.store.set('lock', '')
    await settled()
    expect(refsOf(client.received())).toEqual([1])
  })

  it('if it was delivered while the link was down', async () => {
    const { relay, clients } = await contended(1)
    relay.broker.status('down')
    relay.store.mute()
    await release(relay)
    expect(clients[0]?.received()).toEqual([])
    relay.broker.status('up')
    await settled()
    expect(refsOf(clients[0]?.received() ?? [])).toEqual([1])
  })

  it('if another write comes first', async () => {
    const { relay, clients } = await contended(1)
    relay.store.between(1, () => void relay.store.set('lock', 'theirs'))
    await release(relay)
    expect(clients[0]?.received()).toEqual([])
    await release(relay)
    expect(refsOf(clients[0]?.received() ?? [])).toEqual([1])
  })

  it.each(['read', 'write'] as const)('if a %s fails', async (method) => {
    const { relay, clients } = await contended(1)
    relay.store.fail(method, 'broker_down')
    relay.broker.status('down')
    relay.broker.status('up')
    await release(relay)
    await relay.pass(1000)
    expect(refsOf(clients[0]?.received() ?? [])).toEqual([1])
  })

  it('if the store refuses what it should take: the line tries once a second', async () => {
    const { relay, clients } = await contended(1)
    relay.store.between(10, () => {
      relay.store.set('lock', 'brief')
      queueMicrotask(() => relay.store.mute())
    })
    relay.store.mute()
    await release(relay)
    relay.broker.status('down')
    relay.broker.status('up')
    await settled()
    const { length } = relay.store.log
    expect(length).toBeLessThan(50)
    relay.store.between(0, () => {})
    relay.store.set('lock', '')
    await relay.pass(1000)
    expect(refsOf(clients[0]?.received() ?? [])).toEqual([1])
  })
})

describe('a failure', () => {
  it('that leaves the outcome unknown is answered, and the next waits on', async () => {
    const { relay, clients } = await contended(2)
    relay.store.fail('write', 'interrupted')
    await release(relay)
    expect(clients[0]?.received()).toMatchObject([{ Error: { ref: 1, code: 'interrupted' } }])
    expect(clients[1]?.received()).toEqual([])
    await release(relay)
    expect(refsOf(clients[1]?.received() ?? [])).toEqual([2])
  })

  it('of one client, such as a full store, does not keep the others', async () => {
    const { relay, clients } = await contended(2)
    relay.store.fail('write', 'storage_full')
    await release(relay)
    expect(clients[0]?.received()).toMatchObject([{ Error: { ref: 1, code: 'storage_full' } }])
    expect(refsOf(clients[1]?.received() ?? [])).toEqual([2])
  })

  it('of the subscription is answered to all', async () => {
    const { relay, clients } = await contended(2)
    relay.broker.end('lock', new WildcastError('forbidden', 'no longer'))
    await settled()
    expect(clients.map((client) => client.received())).toMatchObject([
      [{ Error: { ref: 1, code: 'forbidden' } }],
      [{ Error: { ref: 2, code: 'forbidden' } }],
    ])
  })
})

describe('a session without a connection', () => {
  it('is granted nothing, keeps its place, and is tested again when it is back', async () => {
    const { relay, clients } = await contended(3)
    const [first, second, third] = clients as [ValueClient, ValueClient, ValueClient]
    first.dialect.close(1006)
    await release(relay)
    expect(refsOf(second.received())).toEqual([2])
    const back = relay.client({ session: first.welcome.session, received: 0 })
    await second.retain(9, 'lock', '')
    expect([refsOf(back.received()), third.received()]).toEqual([[1], []])
  })

  it('gets a lock that is free when it is back', async () => {
    const { relay, clients } = await contended(1)
    clients[0]?.dialect.close(1006)
    await release(relay)
    expect(relay.store.get('lock')).toBeUndefined()
    const back = relay.client({ session: clients[0]?.welcome.session, received: 0 })
    await settled()
    expect(refsOf(back.received())).toEqual([1])
  })

  it('does not keep its place when it has expired', async () => {
    const { relay, clients } = await contended(1)
    clients[0]?.dialect.close(1006)
    await relay.pass(60_000)
    await release(relay)
    expect([relay.store.get('lock'), relay.broker.log]).toEqual([undefined, ['+lock', '-lock']])
  })
})

describe('the limits of waiting publishes', () => {
  it('are 16 of a session', async () => {
    const relay = await valueRelay()
    relay.store.set('lock', 'theirs')
    const client = relay.client()
    for (let ref = 1; ref <= 16; ref++) expect(await client.lock(ref)).toEqual([])
    expect(await client.lock(17)).toMatchObject([{ Error: { ref: 17, code: 'rate_limited' } }])
    await client.sends({ Cancel: { ref: 3 } })
    expect(await client.lock(18)).toEqual([])
  })

  it('are the bytes of one payload for a session, unless only one waits', async () => {
    const relay = await valueRelay({ limits: { payload: 100 } })
    relay.store.set('lock', 'theirs')
    const client = relay.client()
    const wait = (ref: number, bytes: number, will = ''): Promise<LineFrame[]> =>
      client.retain(ref, 'lock', 'x'.repeat(bytes), { when: null, watch: true, will })
    expect(await wait(1, 60, 'x'.repeat(100))).toEqual([])
    expect(await wait(2, 1)).toMatchObject([{ Error: { ref: 2, code: 'rate_limited' } }])
    await client.sends({ Cancel: { ref: 1 } })
    expect(await wait(3, 50)).toEqual([])
    expect(await wait(4, 50)).toEqual([])
    expect(await wait(5, 1)).toMatchObject([{ Error: { ref: 5, code: 'rate_limited' } }])
  })

  it('are 10,000 of a subject', async () => {
    const relay = await valueRelay()
    relay.store.set('lock', 'theirs')
    const clients = Array.from({ length: 625 }, () => relay.client())
    for (const client of clients) for (let ref = 1; ref <= 16; ref++) client.lock(ref).catch(() => {})
    await settled()
    expect(await relay.client().lock(1)).toMatchObject([{ Error: { ref: 1, code: 'rate_limited' } }])
    await release(relay)
    expect(refsOf(clients[0]?.received() ?? [])).toEqual([1])
  })

  it('are different refs', async () => {
    const { clients } = await contended(1)
    expect(await clients[0]?.lock(1)).toMatchObject([{ Error: { ref: 1, code: 'invalid_frame' } }])
  })
})
