import { expect, test } from 'vitest'
import { loseSession, type Tested, tested } from '../testing/tested.js'
import { values } from './values.js'
import type { WatchedValues } from './watch-values.js'

const shown = ({ all }: WatchedValues): Record<string, unknown> =>
  Object.fromEntries([...all].map(([subject, { data }]) => [subject, data]))
const state = (goods: WatchedValues): unknown => ({ status: goods.status, shown: shown(goods) })

/** A client that watches `good.*`, and another one that writes. */
async function watching(
  first: Readonly<Record<string, unknown>>,
  options?: Parameters<typeof tested>[0],
): Promise<Tested & { readonly goods: WatchedValues; readonly other: ReturnType<typeof values> }> {
  const one = await tested(options)
  const other = values(one.relay.createClient())
  for (const [subject, data] of Object.entries(first)) await other.set(subject, data)
  const goods = values(one.client).watch('good.*')
  await goods.synced
  return { ...one, goods, other }
}

test('watch has the values of a pattern, and their changes', async () => {
  const one = await tested()
  const other = values(one.relay.createClient())
  for (const [subject, data] of Object.entries({ 'good.apple': 1, 'good.pear': 2, 'bad.apple': 3 }))
    await other.set(subject, data)
  const goods = values(one.client).watch('good.*')
  let changes = 0
  goods.onChange(() => changes++)
  expect(goods.status).toBe('loading')
  await goods.synced
  expect(goods.status).toBe('synced')
  expect(shown(goods)).toEqual({ 'good.apple': 1, 'good.pear': 2 })
  const before = { all: goods.all, changes }
  expect(goods.all).toBe(before.all)
  await other.set('good.apple', 4)
  await other.delete('good.pear')
  await one.relay.settled()
  expect(changes).toBe(before.changes + 2)
  expect(shown(goods)).toEqual({ 'good.apple': 4 })
  expect(before.all.size).toBe(2)
  expect(goods.get('good.apple')?.params).toEqual(['apple'])
})

test('after a lost session the values are stale, then what was deleted meanwhile is gone', async () => {
  const { client, relay, clock, goods, other } = await watching({ 'good.apple': 1, 'good.pear': 2 })
  relay.cut({ client, forMs: 90_000 })
  await other.delete('good.pear')
  await clock.advance(80_000)
  expect(state(goods)).toEqual({ status: 'stale', shown: { 'good.apple': 1, 'good.pear': 2 } })
  await clock.advance(60_000)
  expect(state(goods)).toEqual({ status: 'synced', shown: { 'good.apple': 1 } })
})

test('after a gap the values are stale until they were sent again', async () => {
  const { client, relay, goods, other } = await watching({ 'good.apple': 1 }, { limits: { backlog: 5000, resume: 0 } })
  const statuses: string[] = []
  goods.onChange(() => statuses.push(goods.status))
  const release = relay.slow(client)
  for (let n = 0; n < 100; n++) await relay.publish('good.long', `${n} ${'x'.repeat(1000)}`)
  await other.delete('good.apple')
  release()
  await relay.settled()
  expect(statuses).toContain('stale')
  expect(state(goods)).toEqual({ status: 'synced', shown: {} })
})

test('while the relay has lost its broker the values are stale', async () => {
  const { relay, goods } = await watching({ 'good.apple': 1 })
  relay.brokerDown()
  await relay.publish('good.pear', 2, { retain: true })
  expect(state(goods)).toEqual({ status: 'stale', shown: { 'good.apple': 1 } })
  relay.brokerUp()
  await relay.settled()
  expect(state(goods)).toEqual({ status: 'synced', shown: { 'good.apple': 1, 'good.pear': 2 } })
})

test('a connection that is lost and resumed makes the values stale, and they are not sent again', async () => {
  const { client, relay, clock, goods, other } = await watching({ 'good.apple': 1 })
  const statuses: string[] = []
  goods.onChange(() => statuses.push(`${goods.status} ${shown(goods)['good.apple']}`))
  relay.cut({ client })
  await other.set('good.apple', 2)
  await clock.advance(5000)
  expect(statuses).toEqual(['stale 1', 'stale 2', 'synced 2'])
  expect(relay.frames('Subscribe')).toHaveLength(1)
})

test('a refusal is the error, and an accepted retry clears it', async () => {
  const one = await tested()
  const allow = one.relay.refuse('subscribe', 'good.*')
  const goods = values(one.client).watch('good.*')
  await expect(goods.synced).rejects.toMatchObject({ code: 'forbidden' })
  expect(goods).toMatchObject({ status: 'denied', error: { code: 'forbidden' } })
  allow()
  await loseSession(one)
  expect(goods).toMatchObject({ status: 'synced', error: undefined })
  expect(one.errors.filter(({ stage }) => stage !== 'transport')).toEqual([])
})

test('a stop, an aborted signal and a closed client end it, and the last values stay', async () => {
  const { client, relay, goods } = await watching({ 'good.apple': 1 })
  const store = values(client)
  const controller = new AbortController()
  const aborted = store.watch('good.apple', { signal: controller.signal })
  await aborted.synced
  relay.delay(10_000)
  const pending = store.watch('other')
  const late = store.watch('late', { signal: controller.signal })
  goods.stop()
  controller.abort(new Error('enough'))
  await expect(late.synced).rejects.toThrow('enough')
  expect(shown(goods)).toEqual({ 'good.apple': 1 })
  expect(goods.status).toBe('stale')
  expect(aborted.status).toBe('stale')
  client.close()
  await expect(pending.synced).rejects.toMatchObject({ code: 'interrupted' })
})
