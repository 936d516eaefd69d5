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

it('takes no count for one that is none', () => {
  for (const hops of ['x', '-', '1e9', 'Infinity', '17'])
    expect(hop(message, { ...message, headers: [['wildcast-hops', hops]] })).toBeUndefined()
})

it('bounds how often a subject comes again, apart from others', () => {
  const clock = fakeClock()
  const limit = new LoopLimit(clock)
  const often = (subject: string): number =>
    Array.from({ length: 1000 }, () => limit.allows('b', subject)).filter(Boolean).length
  expect([often('a'), often('a'), often('other')]).toEqual([100, 0, 100])
  clock.advance(1000)
  expect(often('a')).toBe(50)
})
