import type { Pattern } from '@wildcast/protocol'
import { expect, it } from 'vitest'
import { type MqttSubscription, MqttSubscriptions } from './subscriptions.js'

const to = (pattern: string, isShared = false): MqttSubscription => ({
  filter: `${isShared ? '$share/g/' : ''}${pattern}`,
  pattern: pattern as Pattern,
  isShared,
  qos: 0,
  noLocal: false,
  retainAsPublished: false,
  id: undefined,
})

it('subscriptions overlap if a message may match both, and shared ones never do', () => {
  const all = new MqttSubscriptions()
  all.set(1, to('a.*'))
  expect(all.at(1)?.overlaps).toBe(false)
  all.set(2, to('b.*'))
  all.set(3, to('a.*', true))
  expect([1, 2, 3].map((feed) => all.at(feed)?.overlaps)).toEqual([false, false, false])
  all.set(4, to('*.x'))
  expect([1, 2, 3, 4].map((feed) => all.at(feed)?.overlaps)).toEqual([true, true, false, true])
  all.set(1, { ...to('a.*'), qos: 1 })
  expect(all.of('a.*')).toMatchObject({ overlaps: true, subscription: { qos: 1 } })
})
