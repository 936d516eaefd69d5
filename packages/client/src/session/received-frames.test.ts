import { expect, test } from 'vitest'
import { ReceivedFrames } from './received-frames.js'

test('the first new frame is confirmed after a second, together with what follows', () => {
  const frames = new ReceivedFrames()
  expect([1, 2, 3].map(() => frames.add(10, 100))).toEqual([1000, undefined, undefined])
  expect(frames.confirm()).toBe(3)
  expect(frames.add(10, 100)).toBe(1000)
  expect(frames.confirm()).toBe(4)
})

test('so many bytes are confirmed at once, counted from the last time', () => {
  const frames = new ReceivedFrames()
  expect([1, 2, 3].map(() => frames.add(40, 100))).toEqual([1000, undefined, 0])
  frames.confirm()
  expect(frames.add(99, 100)).toBe(1000)
  frames.confirm()
  expect(frames.add(100, 100)).toBe(0)
})
