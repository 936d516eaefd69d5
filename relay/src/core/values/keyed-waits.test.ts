import { describe, expect, it } from 'vitest'
import { settled } from '../../testing/scripted-link.js'
import { refsOf, release, type ValueClient, type ValueRelay, valueRelay } from '../../testing/value-relay.js'

const key = { key: 'k', will_after: 60_000 }

/** A relay whose lock is held elsewhere, and two clients that have sent the same publish. */
async function repeated(options: Parameters<typeof valueRelay>[0] = {}): Promise<{
  relay: ValueRelay
  first: ValueClient
  again: ValueClient
}> {
  const relay = await valueRelay(options)
  relay.store.set('lock', 'theirs')
  const [first, again] = [relay.client(), relay.client()]
  await first.lock(1, key)
  await again.lock(2, key)
  return { relay, first, again }
}

describe.each([{ leased: false }, { leased: true }])('a waiting publish that is repeated, %j', (options) => {
  it('is granted if only the client of the repeat is here, which then holds it', async () => {
    const { relay, first, again } = await repeated(options)
    first.dialect.close(1006)
    await release(relay)
    expect(refsOf(again.received())).toEqual([2])
    first.dialect.close(1000)
    await relay.pass(20_000)
    expect(relay.store.get('lock')).toBe('mine')
    again.dialect.close(1000)
    await settled()
    expect(relay.store.get('lock')).toBeUndefined()
  })

  it('is passed over while all its clients are away', async () => {
    const { relay, first, again } = await repeated(options)
    first.dialect.close(1006)
    again.dialect.close(1006)
    await release(relay)
    expect(relay.store.get('lock')).toBeUndefined()
    const third = relay.client()
    expect(refsOf(await third.lock(3, key))).toEqual([3])
  })

  it('stays with the first if the client has cancelled the repeat, or left', async () => {
    const { relay, first, again } = await repeated(options)
    const third = relay.client()
    await third.lock(3, key)
    await again.sends({ Cancel: { ref: 2 } })
    third.dialect.close(1000)
    await release(relay)
    expect(refsOf(first.received())).toEqual([1])
    again.dialect.close(1000)
    await settled()
    expect(again.received()).toEqual([])
    expect(relay.store.get('lock')).toBe('mine')
  })

  it('frees the ref of a repeat that is cancelled', async () => {
    const { again } = await repeated(options)
    await again.sends({ Cancel: { ref: 2 } })
    expect(await again.retain(2, 'other', 'x', { when: null, watch: true })).toMatchObject([{ Ack: { ref: 2 } }])
  })

  it('counts as one that waits, in each session', async () => {
    const { again } = await repeated(options)
    for (let ref = 3; ref <= 17; ref++) await again.lock(ref, key)
    expect(await again.lock(18, key)).toMatchObject([{ Error: { ref: 18, code: 'rate_limited' } }])
  })

  it('is lost at once if its will was written before the repeat', async () => {
    const { relay, first, again } = await repeated(options)
    await again.sends({ Cancel: { ref: 2 } })
    await release(relay)
    first.dialect.close(1000)
    await settled()
    expect(await again.lock(3, key)).toMatchObject([{ Ack: { ref: 3 } }])
    await relay.pass(0)
    expect(again.received()).toEqual([{ Lost: { ref: 3, subject: 'lock' } }])
  })
})

it('the will that a repeat takes over keeps the lease that the store knows it by', async () => {
  const { relay, first, again } = await repeated({ leased: true })
  await release(relay)
  first.dialect.close(1000)
  relay.store.log.splice(0)
  await relay.pass(9000)
  expect(relay.store.log.filter((line) => line.startsWith('renew'))).toEqual(Array(3).fill('renew id1.2'))
  relay.store.fail('renew', 'broker_down', 100)
  await relay.pass(10_000)
  expect(again.received().flatMap(({ Lost }) => Lost ?? [])).toEqual([{ ref: 2, subject: 'lock' }])
})
