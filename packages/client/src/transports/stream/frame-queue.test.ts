import { expect, test } from 'vitest'
import { FrameQueue } from './frame-queue.js'

test('the frames of a batch are lines in order', () => {
  const queue = new FrameQueue()
  queue.push({ kind: 'Subscribe', subject: 'a' }, 5)
  queue.push({ kind: 'Unsubscribe', id: 7 }, 6)
  const { body, from } = queue.take()
  expect(body.split('\n').map((line) => JSON.parse(line))).toEqual([
    { Subscribe: { subject: 'a' } },
    { Unsubscribe: { id: 7 } },
  ])
  expect(from).toBe(5)
  expect(queue.isEmpty).toBe(true)
})

test('a batch has the number of the first frame that counts', () => {
  const queue = new FrameQueue()
  queue.push({ kind: 'Pong' })
  queue.push({ kind: 'Received', count: 3 })
  queue.push({ kind: 'Cancel', ref: 1 }, 3)
  queue.push({ kind: 'Cancel', ref: 2 }, 4)
  const { body, from } = queue.take()
  expect(body.split('\n')).toHaveLength(4)
  expect(from).toBe(3)
})

test('a batch of frames that do not count has the number 1, which every relay accepts', () => {
  const queue = new FrameQueue()
  queue.push({ kind: 'Pong' })
  expect(queue.take()).toEqual({ body: '"Pong"', from: 1 })
})

test('a batch ends after 256 KiB; the other frames wait for the next batch', () => {
  const queue = new FrameQueue()
  for (const number of [1, 2, 3]) queue.push({ kind: 'Publish', subject: 'a', message: 'x'.repeat(200_000) }, number)
  expect(queue.take().body.split('\n')).toHaveLength(2)
  expect(queue.isEmpty).toBe(false)
  expect(queue.take().from).toBe(3)
  expect(queue.isEmpty).toBe(true)
})

test('a frame that cannot be encoded throws at once and is not queued', () => {
  const queue = new FrameQueue()
  expect(() => queue.push({ kind: 'Publish', subject: 'a', message: '', broker: 1n as never }, 1)).toThrow(TypeError)
  expect(queue.isEmpty).toBe(true)
})
