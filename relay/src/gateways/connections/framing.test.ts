import type { Writable } from 'node:stream'
import { expect, it } from 'vitest'
import * as ws from 'ws'
import { batchedFrame, joinBatches, wireFrame } from './framing.js'

// ws exports it, but its published types don't declare it.
const { Receiver } = ws as unknown as { Receiver: new (options: object) => Writable }

it.each([0, 1, 125, 126, 127, 65_535, 65_536, 200_000])(
  'frames %i bytes as ws reads them, text and binary',
  (length) => {
    const seen: [string, boolean][] = []
    const receiver = new Receiver({ isServer: false })
    receiver.on('message', (data: Buffer, binary: boolean) => seen.push([data.toString('latin1'), binary]))
    receiver.write(wireFrame('x'.repeat(length)))
    receiver.write(wireFrame(new Uint8Array(length).fill(255)))
    expect(seen).toEqual([
      ['x'.repeat(length), false],
      ['\u00ff'.repeat(length), true],
    ])
  },
)

it('counts bytes, not characters', () => {
  expect([...wireFrame('é')]).toEqual([0x81, 2, 0xc3, 0xa9])
})

/** Returns the messages that ws reads from a server's bytes. */
function messagesIn(bytes: Uint8Array): string[] {
  const seen: string[] = []
  const receiver = new Receiver({ isServer: false })
  receiver.on('message', (data: Buffer) => seen.push(data.toString('latin1')))
  receiver.write(Buffer.from(bytes))
  return seen
}

function joined(frames: readonly string[], kind: 'text' | 'binary', most: number): string[] {
  const batched = frames.map((frame) => batchedFrame(kind === 'text' ? frame : Buffer.from(frame)))
  const bytes = batched.reduce((sum, frame) => sum + frame.length, 0)
  return messagesIn(joinBatches(batched, bytes, { kind, most }))
}

it.each([
  ['text', 'a\nbb\nccc'],
  ['binary', 'abbccc'],
] as const)('joins frames of %s to one message', (kind, message) => {
  expect(joined(['a', 'bb', 'ccc'], kind, 1024)).toEqual([message])
})

it('begins another message past the agreed length, and sends a longer frame alone', () => {
  expect(joined(['aaa', 'bb', 'c', 'x'.repeat(20), 'd', 'e'], 'text', 6)).toEqual([
    'aaa\nbb',
    'c',
    'x'.repeat(20),
    'd\ne',
  ])
  expect(joined(['aaa', 'bbb', 'c'], 'binary', 6)).toEqual(['aaabbb', 'c'])
})

it.each([1, 125, 126, 65_535, 65_536])('gives a single frame of %i bytes a head, without a copy', (length) => {
  const frame = batchedFrame('x'.repeat(length))
  const message = joinBatches([frame], length, { kind: 'text', most: 1024 })
  expect(message.buffer).toBe(frame.buffer)
  expect(messagesIn(message)).toEqual(['x'.repeat(length)])
})
