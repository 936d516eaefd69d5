import type { Writable } from 'node:stream'
import { expect, it } from 'vitest'
import * as ws from 'ws'
import { wireFrame } from './framing.js'

// ws exports it, but its published types don't know.
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
