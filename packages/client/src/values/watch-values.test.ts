import { expect, test } from 'vitest'
import { settle } from '../testing/fake-clock.js'
import { keeping, silence } from '../testing/scripted-relay.js'
import { connectToValues } from '../testing/value-relay.js'
import { values } from './values.js'
import type { WatchedValues } from './watch-values.js'

const shown = ({ all }: WatchedValues): Record<string, unknown> =>
  Object.fromEntries([...all].map(([subject, { data }]) => [subject, data]))

test('watch has the values of a pattern, and their changes', async () => {
  const { client, write } = await connectToValues()
  write('good.apple', '1')
  write('good.pear', '2')
  write('bad.apple', '3')
  const goods = values(client).watch('good.*')
  let changes = 0
  goods.onChange(() => changes++)
  expect(goods.status).toBe('loading')
  await goods.synced
  expect(goods.status).toBe('synced')
  expect(shown(goods)).toEqual({ 'good.apple': 1, 'good.pear': 2 })
  const before = { all: goods.all, changes }
  expect(goods.all).toBe(before.all)
  write('good.apple', '4')
  write('good.pear', undefined)
  expect(changes).toBe(before.changes + 2)
  expect(shown(goods)).toEqual({ 'good.apple': 4 })
  expect(before.all.size).toBe(2)
  expect(goods.get('good.apple')?.params).toEqual(['apple'])
})

test('after a lost session the values are stale, then what was deleted meanwhile is gone', async () => {
  const relay = await connectToValues()
  relay.write('good.apple', '1')
  relay.write('good.pear', '2')
  const goods = values(relay.client).watch('good.*')
  await goods.synced
  relay.isPrompt = false
  relay.stored.delete('good.pear')
  await relay.reconnect()
  expect({ status: goods.status, shown: shown(goods) }).toEqual({
    status: 'stale',
    shown: { 'good.apple': 1, 'good.pear': 2 },
  })
  relay.sync()
  expect({ status: goods.status, shown: shown(goods) }).toEqual({ status: 'synced', shown: { 'good.apple': 1 } })
})

test('after a gap the values are stale until they were sent again', async () => {
  const relay = await connectToValues()
  relay.write('good.apple', '1')
  const goods = values(relay.client).watch('good.*')
  await goods.synced
  relay.stored.clear()
  relay.relay.link.send({ kind: 'Gap', id: 1 })
  expect({ status: goods.status, shown: shown(goods) }).toEqual({ status: 'stale', shown: { 'good.apple': 1 } })
  relay.sync()
  expect({ status: goods.status, shown: shown(goods) }).toEqual({ status: 'synced', shown: {} })
})

test('while the relay has lost its broker the values are stale', async () => {
  const relay = await connectToValues()
  relay.write('good.apple', '1')
  const goods = values(relay.client).watch('good.*')
  await goods.synced
  relay.relay.link.send({ kind: 'Gap', id: 1, open: true })
  expect({ status: goods.status, shown: shown(goods) }).toEqual({ status: 'stale', shown: { 'good.apple': 1 } })
  relay.stored.clear()
  relay.relay.link.send({ kind: 'Gap', id: 1 })
  expect({ status: goods.status, shown: shown(goods) }).toEqual({ status: 'stale', shown: { 'good.apple': 1 } })
  relay.sync()
  expect({ status: goods.status, shown: shown(goods) }).toEqual({ status: 'synced', shown: {} })
})

test('after a lost session a value that the store has lost is replaced by the one that it has', async () => {
  const relay = await connectToValues()
  relay.write('good.apple', '1')
  const [kept] = relay.stored.values()
  const goods = values(relay.client).watch('good.*')
  await goods.synced
  relay.write('good.apple', '2')
  expect(shown(goods)).toEqual({ 'good.apple': 2 })
  relay.stored.set('good.apple', kept as NonNullable<typeof kept>)
  await relay.reconnect()
  expect({ status: goods.status, shown: shown(goods) }).toEqual({ status: 'synced', shown: { 'good.apple': 1 } })
})

test('values that are sent again replace no newer one', async () => {
  const relay = await connectToValues()
  relay.isPrompt = false
  const old = relay.write('good.apple', '1')
  const goods = values(relay.client).watch('good.*')
  await settle()
  relay.write('good.apple', '2')
  const [{ ref = 0 } = {}] = relay.relay.link.all('Subscribe')
  const content = { id: 1, ref, retained: true, broker: 'test', message: '1', revision: old } as const
  relay.relay.link.send({ kind: 'Message', subject: 'good.apple', ...content })
  relay.relay.link.send({ kind: 'Synced', id: 1, ref })
  expect(shown(goods)).toEqual({ 'good.apple': 2 })
})

test('a connection that is lost and resumed makes the values stale, and they are not sent again', async () => {
  const relay = await connectToValues()
  relay.hello = keeping
  await relay.reconnect()
  relay.write('good.apple', '1')
  const goods = values(relay.client).watch('good.*')
  await goods.synced
  const statuses: string[] = []
  goods.onChange(() => statuses.push(goods.status))
  await relay.reconnect()
  expect(statuses).toEqual(['stale', 'synced'])
  expect(relay.relay.link.all('Subscribe')).toEqual([])
  expect(shown(goods)).toEqual({ 'good.apple': 1 })
})

test('a refusal is the error, and an accepted retry clears it', async () => {
  const relay = await connectToValues({ token: async () => 'x' })
  const { answer } = relay.relay
  relay.relay.answer = (frame) =>
    frame.kind === 'Subscribe'
      ? { kind: 'Error', ref: frame.ref, code: 'forbidden', message: 'no', retry: false }
      : answer(frame)
  const goods = values(relay.client).watch('good.*')
  await expect(goods.synced).rejects.toMatchObject({ code: 'forbidden' })
  expect(goods).toMatchObject({ status: 'denied', error: { code: 'forbidden' } })
  relay.relay.answer = answer
  await relay.reconnect()
  expect(goods).toMatchObject({ status: 'synced', error: undefined })
  expect(relay.errors).toEqual([])
})

test('a stop, an aborted signal and a closed client end it, and the last values stay', async () => {
  const relay = await connectToValues()
  relay.write('good.apple', '1')
  const store = values(relay.client)
  const controller = new AbortController()
  const goods = store.watch('good.*')
  const aborted = store.watch('good.apple', { signal: controller.signal })
  await Promise.all([goods.synced, aborted.synced])
  silence(relay.relay)
  const pending = store.watch('other')
  const late = store.watch('late', { signal: controller.signal })
  goods.stop()
  controller.abort(new Error('enough'))
  await expect(late.synced).rejects.toThrow('enough')
  expect(shown(goods)).toEqual({ 'good.apple': 1 })
  expect(goods.status).toBe('stale')
  expect(aborted.status).toBe('stale')
  relay.client.close()
  await expect(pending.synced).rejects.toMatchObject({ code: 'interrupted' })
})
