import { WildcastError } from '@wildcast/protocol'
import { describe, expect, it } from 'vitest'
import type { LineFrame } from '../../testing/line-relay.js'
import { settled } from '../../testing/scripted-link.js'
import { contended, refsOf, release, type ValueClient, type ValueRelay, valueRelay } from '../../testing/value-relay.js'

describe('a failure', () => {
  it('that leaves the outcome unknown is answered, and the next waits on', async () => {
    const { relay, clients } = await contended(2)
    relay.store.fail('write', 'interrupted')
    await release(relay)
    expect(clients[0]?.received()).toMatchObject([{ Error: { ref: 1, code: 'interrupted' } }])
    expect(clients[1]?.received()).toEqual([])
    await release(relay)
    expect(refsOf(clients[1]?.received())).toEqual([2])
  })

  it('of one client, such as a full store, does not keep the others', async () => {
    const { relay, clients } = await contended(2)
    relay.store.fail('write', 'storage_full')
    await release(relay)
    expect(clients[0]?.received()).toMatchObject([{ Error: { ref: 1, code: 'storage_full' } }])
    expect(refsOf(clients[1]?.received())).toEqual([2])
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
    expect(refsOf(clients[0]?.received())).toEqual([1])
  })

  it('are different refs', async () => {
    const { clients } = await contended(1)
    expect(await clients[0]?.lock(1)).toMatchObject([{ Error: { ref: 1, code: 'invalid_frame' } }])
  })
})

describe('a publish that waits for a permission before its condition', () => {
  /** Clients whose permissions are decided by `decide`. */
  async function undecided(): Promise<{ relay: ValueRelay; one: ValueClient; decide: () => Promise<void> }> {
    let allow = (_: boolean): void => {}
    const decision = new Promise<boolean>((resolve) => {
      allow = resolve
    })
    const relay = await valueRelay({ authorize: () => decision })
    const decide = async (): Promise<void> => {
      allow(true)
      await settled()
    }
    return { relay, one: relay.client(), decide }
  }

  it('is not written if it was cancelled meanwhile', async () => {
    const { relay, one, decide } = await undecided()
    await one.lock(1)
    await one.sends({ Cancel: { ref: 1 } })
    await decide()
    expect(relay.store.get('lock')).toBeUndefined()
    expect(one.received()).toEqual([])
  })

  it('does not wait if its session has ended meanwhile', async () => {
    const { relay, one, decide } = await undecided()
    await one.lock(1)
    one.dialect.close(1006)
    relay.sessions.find(one.welcome.session)?.expire()
    await decide()
    await relay.pass(0)
    expect(relay.store.log).toEqual([])
    expect(relay.broker.log).toEqual([])
  })
})
