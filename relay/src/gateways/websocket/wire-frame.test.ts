import { expect, it } from 'vitest'
import { Receiver } from 'ws'
import { wireFrame } from './wire-frame.js'

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
