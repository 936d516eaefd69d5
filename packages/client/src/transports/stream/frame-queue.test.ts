import { expect, test } from 'vitest'
import { FrameQueue } from './frame-queue.js'

test('frames of one batch are lines, in their order', () => {
  const queue = new FrameQueue()
  queue.push({ kind: 'Subscribe', subject: 'a' })
  queue.push({ kind: 'Unsubscribe', id: 7 })
  expect(
    queue
      .take()
      .body.split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual([{ Subscribe: { subject: 'a' } }, { Unsubscribe: { id: 7 } }])
  expect(queue.isEmpty).toBe(true)
})

test('Pong and Received travel, and are not counted', () => {
  const queue = new FrameQueue()
  queue.push({ kind: 'Pong' })
  queue.push({ kind: 'Received', count: 3 })
  queue.push({ kind: 'Cancel', ref: 1 })
  const { body, counted } = queue.take()
  expect(body.split('\n')).toHaveLength(3)
  expect(counted).toBe(1)
})

test('a batch ends after 256 KiB, and the rest waits for the next', () => {
  const queue = new FrameQueue()
  for (const subject of ['a', 'b', 'c']) queue.push({ kind: 'Publish', subject, message: 'x'.repeat(200_000) })
  expect(queue.take().counted).toBe(2)
  expect(queue.isEmpty).toBe(false)
  expect(queue.take().counted).toBe(1)
  expect(queue.take()).toEqual({ body: '', counted: 0 })
})

test('a frame that cannot be encoded throws at once, and leaves the others', () => {
  const queue = new FrameQueue()
  expect(() => queue.push({ kind: 'Publish', subject: 'a', message: '', broker: 1n as never })).toThrow(TypeError)
  expect(queue.isEmpty).toBe(true)
})
