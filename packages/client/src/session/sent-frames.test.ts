import type { ClientFrame } from '@wildcast/protocol'
import { expect, test } from 'vitest'
import { SentFrames } from './sent-frames.js'

const cancel = (ref: number): ClientFrame => ({ kind: 'Cancel', ref })

/** Has sent the frames 1 to 4, of which 2 are confirmed. */
function sent(): SentFrames {
  const frames = new SentFrames()
  for (const ref of [1, 2, 3, 4]) frames.add(cancel(ref), true)
  expect(frames.confirm(2)).toBe(true)
  return frames
}

test('frames are numbered from 1', () => {
  expect(new SentFrames().next).toBe(1)
  expect(sent().next).toBe(5)
})

test('those after a number are what is sent again', () => {
  expect(sent().after(2)).toEqual([cancel(3), cancel(4)])
  expect(sent().after(3)).toEqual([cancel(4)])
  expect(sent().after(4)).toEqual([])
})

test.each([1, 0, -1, 5, Number.NaN, Number.POSITIVE_INFINITY, 2.5])('those after %d are not known', (count) => {
  expect(sent().after(count)).toBeUndefined()
})

test('a confirmation that goes back changes nothing', () => {
  const frames = sent()
  expect(frames.confirm(1)).toBe(true)
  expect(frames.confirm(0)).toBe(true)
  expect(frames.after(2)).toHaveLength(2)
})

test.each([5, Number.NaN, Number.POSITIVE_INFINITY])('a confirmation of %d frames of 4 is refused', (count) => {
  const frames = sent()
  expect(frames.confirm(count)).toBe(false)
  expect(frames.after(2)).toHaveLength(2)
})

test('frames that are not kept are counted, and can not be sent again', () => {
  const frames = new SentFrames()
  for (const ref of [1, 2]) frames.add(cancel(ref), false)
  expect(frames.next).toBe(3)
  expect(frames.after(1)).toBeUndefined()
  expect(frames.after(2)).toEqual([])
})
