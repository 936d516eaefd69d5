// Scripted: no knob of a test relay makes it send a value late, or lose one in its store.
import type { MessageFrame } from '@wildcast/protocol'
import { expect, test } from 'vitest'
import { type Connected, connect } from '../testing/connect.js'
import { settle } from '../testing/fake-clock.js'
import { values } from './values.js'

/** Sends the value of the subscription, as one that was there before, then `Synced`. */
function sync({ relay }: Connected, message: string, revision: string): void {
  const [{ ref = 0 } = {}] = relay.link.all('Subscribe')
  relay.link.send({ ...value(message, revision), ref, retained: true })
  relay.link.send({ kind: 'Synced', id: 1, ref })
}
const value = (message: string, revision: string): MessageFrame => ({
  ...{ kind: 'Message', id: 1, subject: 'good.apple', broker: 'test' },
  ...{ message, revision },
})

test('values that are sent again replace no newer one', async () => {
  const one = await connect()
  const goods = values(one.client).watch('good.*')
  await settle()
  one.relay.link.send(value('2', 't-2'))
  sync(one, '1', 't-1')
  expect(goods.get('good.apple')?.data).toBe(2)
})

test('after a lost session a value that the store has lost is replaced by the one that it has', async () => {
  const one = await connect()
  const goods = values(one.client).watch('good.*')
  await settle()
  sync(one, '1', 't-1')
  one.relay.link.send(value('2', 't-2'))
  expect(goods.get('good.apple')?.data).toBe(2)
  one.relay.link.drop()
  await one.clock.advance(250)
  sync(one, '1', 't-1')
  expect([goods.status, goods.get('good.apple')?.data]).toEqual(['synced', 1])
})
