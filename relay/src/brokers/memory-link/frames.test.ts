import fc from 'fast-check'
import { expect, it } from 'vitest'
import { frameHead, frameReader, type Kind, kinds } from './frames.js'

type Frame = readonly [kind: Kind, number: number, body: readonly number[]]

const frame: fc.Arbitrary<Frame> = fc.tuple(
  fc.constantFrom(...Object.values(kinds)),
  fc.nat({ max: 2 ** 48 - 1 }),
  fc.array(fc.nat({ max: 255 }), { maxLength: 300 }),
)

function read(chunks: readonly Buffer[]): Frame[] {
  const received: Frame[] = []
  const readChunk = frameReader((kind, number, body) => received.push([kind, number, [...body]]))
  for (const chunk of chunks) readChunk(chunk)
  return received
}

it('reads the frames that were written, for any division into chunks', () => {
  fc.assert(
    fc.property(fc.array(frame), fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1 }), (frames, cuts) => {
      const bytes = Buffer.concat(
        frames.flatMap(([kind, number, body]) => [frameHead(kind, number, body.length), Buffer.from(body)]),
      )
      const chunks: Buffer[] = []
      for (let at = 0, i = 0; at < bytes.length; i++) {
        const length = cuts[i % cuts.length] ?? 1
        chunks.push(bytes.subarray(at, at + length))
        at += length
      }
      expect(read(chunks)).toEqual(frames)
    }),
  )
})

it('reads no frame before it is complete', () => {
  const head = Buffer.from(frameHead(kinds.message, 7, 3))
  expect(read([head, Buffer.from('ab')])).toEqual([])
  expect(read([head, Buffer.from('ab'), Buffer.from('c')])).toEqual([[kinds.message, 7, [...Buffer.from('abc')]]])
})
