import { type BrokerMessage, parseSubject } from '@wildcast/protocol'
import { expect, it } from 'vitest'
import { fakeClock } from '../testing/fake-clock.js'
import { hop, LoopLimit, mostHops } from './hops.js'

const message: BrokerMessage = { subject: parseSubject('a'), payload: '', headers: [['x', '1']] }

it('counts the components that a message has come through, and stops it in time', () => {
  let came: BrokerMessage | undefined = message
  for (let i = 1; i <= mostHops; i++) {
    came = hop(message, came as BrokerMessage)
    expect(came?.headers).toEqual([
      ['x', '1'],
      ['wildcast-hops', `${i}`],
    ])
  }
  expect(hop(message, came as BrokerMessage)).toBeUndefined()
})

it('stops a message with an invalid count', () => {
  for (const hops of ['x', '-', '1e9', 'Infinity', '17'])
    expect(hop(message, { ...message, headers: [['wildcast-hops', hops]] })).toBeUndefined()
})

it('limits the rate of each subject separately', () => {
  const clock = fakeClock()
  const limit = new LoopLimit(clock)
  const allowed = (subject: string): number =>
    Array.from({ length: 1000 }, () => limit.allows('b', subject)).filter(Boolean).length
  expect(allowed('a')).toBe(100)
  expect(allowed('a')).toBe(0)
  expect(allowed('other')).toBe(100)
  clock.advance(1000)
  expect(allowed('a')).toBe(50)
})
