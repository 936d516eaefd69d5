import { expect, it } from 'vitest'
import { recentPackets } from './recent-packets.js'

const packet = (messageId: number | undefined, dup = false, topic = 'a') => ({ messageId, topic, dup })

it('a packet that is sent again is known by its id, its topic and the mark', () => {
  const { isRepeated } = recentPackets()
  expect([packet(1), packet(2), packet(1, true), packet(2, true)].map(isRepeated)).toEqual([false, false, true, true])
})

it.each([
  ['another packet under an id that is free again', packet(1)],
  ['what a server first gave to somebody else', packet(7, true)],
  ['another topic', packet(1, true, 'b')],
  ['what has no id', packet(undefined, true)],
])('is not repeated: %s', (_, next) => {
  const { isRepeated } = recentPackets()
  isRepeated(packet(1))
  expect(isRepeated(next)).toBe(false)
})

it('remembers a bounded number', () => {
  const { isRepeated } = recentPackets()
  for (let id = 1; id <= 1001; id++) isRepeated(packet(id))
  expect([isRepeated(packet(2, true)), isRepeated(packet(1, true))]).toEqual([true, false])
})
