import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Codec } from './codec.js'
import type { Frame } from './frame.js'
import { jsonCodec } from './json-codec.js'
import { lightJsonCodec } from './light-json-codec.js'
import { msgpackCodec } from './msgpack-codec.js'

const frames: readonly Frame[] = [
  { kind: 'Publish', subject: 'a', message: 'line\nfeed', headers: [['a', 'b\nc']] },
  { kind: 'Pong' },
  { kind: 'Received', count: 70_000 },
  { kind: 'Publish', subject: 'a', message: new Uint8Array(70_000).fill(255), ref: 2 ** 40 },
  { kind: 'Subscribe', subject: 'a', policy: { deliver: 'latest', max_rate: 0.5 } },
]

function batchesOf({ batches }: Codec) {
  if (!batches) throw new Error('the codec has no batches')
  const { join, split } = batches
  return { join, split: (data: string | Uint8Array, most?: number) => [...split(data, most)] }
}

describe.each([jsonCodec, lightJsonCodec, msgpackCodec])('a batch of $name', (codec) => {
  const { join, split } = batchesOf(codec)

  it('splits into the frames that were joined', () => {
    const encoded = frames.map((frame) => codec.encode(frame))
    expect(split(join(encoded))).toEqual(encoded)
  })

  it('may consist of one frame', () => {
    expect(split(join([codec.encode({ kind: 'Pong' })]))).toEqual([codec.encode({ kind: 'Pong' })])
  })
})

describe.each([
  ['JSON', jsonCodec, '"Pong"'],
  ['MessagePack', msgpackCodec, msgpackCodec.encode({ kind: 'Pong' })],
])('a limit of bytes for a batch of %s', (_, codec, pong) => {
  const { join, split } = batchesOf(codec)
  const most = 5 * pong.length

  it('does not affect a smaller batch', () => {
    expect(split(join([pong, pong]), most)).toEqual([pong, pong])
  })

  it('does not apply to a single frame', () => {
    const frame = codec.encode({ kind: 'Publish', subject: 'a', message: 'x'.repeat(100) })
    expect(split(join([frame]), most)).toEqual([frame])
  })

  it('refuses several frames that exceed it together', () => {
    expect(() => split(join(Array.from({ length: 6 }, () => pong)), most)).toThrow(
      expect.objectContaining({ code: 'too_large' }),
    )
  })
})

describe('a batch of JSON', () => {
  it.each([
    ['before', '\n\n"Pong"'],
    ['after', '"Pong"\n\n'],
  ])('may have empty lines %s its only frame, even past its limit', (_, text) => {
    expect(batchesOf(jsonCodec).split(text, 1)).toEqual(['"Pong"'])
  })

  it('of empty lines only has no frames, even past its limit', () => {
    expect(batchesOf(jsonCodec).split('\n'.repeat(10), 1)).toEqual([])
  })

  it('has no frame in an empty line', () => {
    expect(batchesOf(jsonCodec).split('\n"Pong"\n\n"Pong"\n')).toEqual(['"Pong"', '"Pong"'])
  })
})

describe('a batch of MessagePack', () => {
  const { split } = batchesOf(msgpackCodec)

  it('splits after each value, whatever its type', () => {
    const sizes: readonly (readonly number[])[] = [
      [0xc0],
      [0xca, 0, 0, 0, 0],
      [0xcb, 0, 0, 0, 0, 0, 0, 0, 0],
      [0xd3, 0, 0, 0, 0, 0, 0, 0, 0],
      [0xd6, 1, 0, 0, 0, 0], // extensions
      [0xc7, 2, 1, 0, 0],
      [0xc8, 0, 1, 1, 0],
      [0xd9, 1, 97],
      [0xc5, 0, 1, 255],
      [0xdc, 0, 2, 0xc3, 0xa1, 97],
      [0xde, 0, 1, 0xa1, 97, 0x92, 1, 0xe0],
    ]
    expect(split(Uint8Array.from(sizes.flat())).map((frame) => [...frame])).toEqual(sizes)
  })

  it('past its limit is refused before the rest is read', () => {
    expect(() => split(Uint8Array.from([1, 2, 0xc1]), 2)).toThrow(expect.objectContaining({ code: 'too_large' }))
  })

  it('that ends inside a frame is refused, at any position', () => {
    const whole = msgpackCodec.encode({ kind: 'Subscribe', subject: 'good.*', policy: { max_rate: 0.5 } }) as Uint8Array
    for (let cut = 1; cut < whole.length; cut++)
      expect(() => split(whole.subarray(0, cut))).toThrow(expect.objectContaining({ code: 'invalid_frame' }))
  })

  it.each([
    ['that announces more values than it has', [0xdf, 0xff, 0xff, 0xff, 0xff]],
    ['that announces more bytes than it has', [0xc6, 0xff, 0xff, 0xff, 0xff, 0]],
    ['with a byte that MessagePack does not use', [0x81, 0xc1]],
  ])('%s is refused', (_, bytes) => {
    expect(() => split(Uint8Array.from(bytes))).toThrow(expect.objectContaining({ code: 'invalid_frame' }))
  })

  it('loses no byte and ends for any input', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        try {
          expect(split(bytes).flatMap((frame) => [...frame])).toEqual([...bytes])
        } catch (cause) {
          expect(cause).toMatchObject({ code: 'invalid_frame' })
        }
      }),
    )
  })
})
