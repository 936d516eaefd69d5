import { WildcastError } from '@wildcast/protocol'
import { describe, expect, it } from 'vitest'
import { settled } from '../../testing/scripted-link.js'
import { contended, refsOf, release, type ValueClient, valueRelay } from '../../testing/value-relay.js'

const will = { will: 'off', will_after: 60_000 }
const lostOf = (client: ValueClient): unknown[] => client.received().flatMap(({ Lost }) => Lost ?? [])
const renewals = (log: string[]): string[] => log.splice(0).filter((line) => line.startsWith('renew'))

describe('the lease of a will', () => {
  it('is begun before the first write, and renewed while there is any will', async () => {
    const { client, store, pass } = await valueRelay({ leased: true })
    const one = client()
    await one.retain(1, 'plain', 'x')
    expect(store.log.splice(0)).toEqual(['write plain'])
    await one.retain(2, 'state', 'on', will)
    await one.retain(3, 'other', 'on', will)
    expect(store.log.splice(0)).toEqual(['renew id1.1', 'write state', 'write other'])
    await pass(9000)
    expect(renewals(store.log)).toEqual(Array(3).fill('renew id1.1'))
    one.dialect.close(1000)
    await pass(9000)
    expect(renewals(store.log)).toEqual([])
  })

  it('is one for each value that was written on a condition', async () => {
    const { client, store } = await valueRelay({ leased: true })
    const one = client()
    await one.retain(1, 'a', 'x', { ...will, when: null })
    await one.retain(2, 'b', 'x', { ...will, when: null })
    expect(store.log).toEqual(['renew id1.1', 'write a', 'renew id1.2', 'write b'])
  })

  it('ends if the outcome of such a write is unknown, so that the store deletes what was written', async () => {
    const { client, store, pass } = await valueRelay({ leased: true })
    const one = client()
    await one.retain(1, 'state', 'on', will)
    store.fail('write', 'interrupted')
    expect(await one.lock(2)).toMatchObject([{ Error: { ref: 2, code: 'interrupted' } }])
    expect(store.get('lock')).toBe('mine')
    store.log.splice(0)
    await pass(9000)
    expect(renewals(store.log)).toEqual(Array(3).fill('renew id1.1'))
    store.expire('id1.2')
    expect(store.get('lock')).toBeUndefined()
  })

  it.each([
    ['keeps no will if the outcome of a write without a condition is unknown', 1, ['on']],
    ['keeps one will when such a write is repeated', 2, ['on', 'on', 'off']],
  ])('%s', async (_, times, written) => {
    const { client, store, pass } = await valueRelay({ leased: true })
    const one = client()
    store.fail('write', 'interrupted')
    for (let i = 0; i < times; i++) await one.retain(i, 'state', 'on', { will: 'off' })
    one.dialect.close(1000)
    await pass(60_000)
    expect(store.written).toEqual(written.map((payload) => `state=${payload}`))
  })

  it('that is lost is reported to the sessions, and nothing more is written for its wills', async () => {
    const { client, store, pass } = await valueRelay({ leased: true })
    const [one, two] = [client(), client()]
    await one.retain(1, 'state', 'on', will)
    await two.lock(2, { will_after: 60_000 })
    store.fail('renew', 'broker_down', 100)
    await pass(9999)
    expect([lostOf(one), lostOf(two)]).toEqual([[], []])
    await pass(1)
    expect([lostOf(one), lostOf(two)]).toEqual([[{ ref: 1, subject: 'state' }], [{ ref: 2, subject: 'lock' }]])
    one.dialect.close(1000)
    two.dialect.close(1000)
    await pass(100_000)
    expect(store.written).toEqual(['state=on', 'lock=mine'])
  })

  it('that was lost while the process was stopped is not trusted, although its timer is late', async () => {
    const { client, clock, store } = await valueRelay({ leased: true })
    const one = client()
    await one.retain(1, 'state', 'on', will)
    clock.stop(10_000)
    one.dialect.close(1000)
    await settled()
    expect(store.written).toEqual(['state=on'])
  })

  it('that is lost while a value is written keeps its client from being granted it', async () => {
    const { client, clock, store } = await valueRelay({ leased: true })
    const one = client()
    await one.retain(1, 'state', 'on', will)
    const go = store.hold()
    one.send({ Publish: { ref: 2, subject: 'other', message: 'on', retain: true, ...will } })
    clock.advance(10_000)
    go()
    await settled()
    expect(one.received()).toMatchObject([{ Lost: { ref: 1 } }, { Error: { ref: 2, code: 'interrupted' } }])
  })

  it('that can not be begun keeps a publish from waiting for a lock no longer', async () => {
    const { relay, clients } = await contended(1, { leased: true })
    relay.store.fail('renew', 'interrupted')
    await release(relay)
    expect(refsOf(clients[0]?.received())).toEqual([])
    await relay.pass(1000)
    expect(refsOf(clients[0]?.received())).toEqual([1])
  })
})

describe('a relay that stops', () => {
  it.each([1000, 1001, 1006, undefined])('leaves wills to their lease, if a client closes with %s', async (code) => {
    const { client, store, pass } = await valueRelay({ leased: true })
    const one = client()
    await one.retain(1, 'state', 'on', will)
    await one.lock(2)
    one.dialect.goAway([0, 1000])
    one.dialect.close(code)
    await pass(100_000)
    expect(store.written).toEqual(['state=on', 'lock=mine'])
  })

  it('renews no lease of a session that has ended', async () => {
    const { client, store, pass } = await valueRelay({ leased: true })
    const one = client()
    await one.retain(1, 'state', 'on', will)
    one.dialect.end(new WildcastError('going_away', 'the relay stops'))
    store.log.splice(0)
    await pass(100_000)
    expect([store.written, renewals(store.log)]).toEqual([['state=on'], []])
  })

  it('leaves those to their lease whose connections it closes', async () => {
    const { client, store, pass } = await valueRelay({ leased: true })
    const one = client()
    one.dialect.goAway([0, 1000])
    await one.retain(1, 'state', 'on', will)
    one.dialect.end(new WildcastError('going_away', 'the relay stops'))
    await pass(100_000)
    expect(store.written).toEqual(['state=on'])
  })

  it('leaves those to their lease whose clients are away', async () => {
    const { client, store, pass, close } = await valueRelay({ leased: true })
    const one = client()
    await one.retain(1, 'state', 'on', will)
    one.dialect.close(1006)
    await close()
    store.log.splice(0)
    await pass(100_000)
    expect([store.written, store.log]).toEqual([['state=on'], []])
  })

  it('writes them as ever if the store needs no lease', async () => {
    const { client, store } = await valueRelay()
    const one = client()
    await one.retain(1, 'state', 'on', will)
    one.dialect.goAway([0, 1000])
    one.dialect.close(1000)
    await settled()
    expect(store.written).toEqual(['state=on', 'state=off'])
  })

  it('grants no lock to a client that is about to leave it', async () => {
    const { relay, clients } = await contended(2, { leased: true })
    clients[0]?.dialect.goAway([0, 1000])
    await release(relay)
    expect(clients.map((one) => refsOf(one.received()))).toEqual([[], [2]])
  })
})

describe('the wills of a session', () => {
  it('have the bytes of one payload at most', async () => {
    const { client } = await valueRelay({ limits: { payload: 100 } })
    const one = client()
    await one.retain(1, 'a', 'x', { will: 'x'.repeat(60) })
    expect(await one.retain(2, 'b', 'x', { will: 'x'.repeat(41) })).toMatchObject([
      { Error: { ref: 2, code: 'rate_limited' } },
    ])
    await one.retain(3, 'a', '')
    expect(await one.retain(4, 'b', 'x', { will: 'x'.repeat(41) })).toMatchObject([{ Ack: { ref: 4 } }])
  })

  it('are 10,000 at most', async () => {
    const { client, store } = await valueRelay()
    const one = client()
    for (let i = 0; i < 10_000; i++)
      one.send({ Publish: { subject: `a.${i}`, message: 'x', retain: true, will: null, will_after: 1000 + i } })
    await settled()
    expect(await one.lock(1)).toMatchObject([{ Error: { ref: 1, code: 'rate_limited' } }])
    one.dialect.close(1000)
    await settled()
    expect(store.written).toHaveLength(20_000)
  })
})
