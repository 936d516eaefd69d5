import { expect, it } from 'vitest'
import { recentPackets } from './recent-packets.js'

const packet = (messageId: number | undefined, dup = false, topic = 'a') => ({ messageId, topic, dup })

it('a repeated packet has the id and the topic of an earlier one, and the mark', () => {
  const { isRepeated } = recentPackets()
  expect([packet(1), packet(2), packet(1, true), packet(2, true)].map(isRepeated)).toEqual([false, false, true, true])
})

it.each([
  ['another packet with a reused id', packet(1)],
  ['a packet that was first sent to another client', packet(7, true)],
  ['another topic', packet(1, true, 'b')],
  ['a packet without an id', packet(undefined, true)],
])('is not repeated: %s', (_, next) => {
  const { isRepeated } = recentPackets()
  isRepeated(packet(1))
  expect(isRepeated(next)).toBe(false)
})

it('remembers a limited number of packets', () => {
  const { isRepeated } = recentPackets()
  for (let id = 1; id <= 1001; id++) isRepeated(packet(id))
  expect({ newer: isRepeated(packet(2, true)), oldest: isRepeated(packet(1, true)) }).toEqual({
    newer: true,
    oldest: false,
  })
})
