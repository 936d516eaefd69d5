import { describe, expect, it } from 'vitest'
import { frame } from '../../../test/raw-socket.js'
import { MessageMeter, MessageMeters } from './message-meter.js'

const [continuation, text, ping, final, compressed] = [0x0, 0x1, 0x9, 0x80, 0x40]
const longest = 1_000_000

interface Metered {
  readonly unfinished: number
  readonly completed: number
}

const metered = (...chunks: Uint8Array[]): Metered => meteredAll(chunks)

function meteredAll(chunks: readonly Uint8Array[]): Metered {
  const meter = new MessageMeter(longest)
  let completed = 0
  for (const chunk of chunks) completed += meter.read(chunk)
  return { unfinished: meter.unfinished, completed }
}

describe('the meter of a message', () => {
  const whole = [5, 125, 126, 65_535, 65_536].map((length) => frame(final | text, 'x'.repeat(length)))

  it('holds nothing after complete messages of every length, however they are cut', () => {
    const bytes = Buffer.concat(whole)
    for (const size of [1, 2, 3, 7, 4096, bytes.length]) {
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
        bytes.subarray(i * size, (i + 1) * size),
      )
      const meter = meteredAll(chunks)
      expect(meter.unfinished).toBe(0)
      expect(meter.completed).toBe(whole.length)
    }
  })

  it('counts the bytes of an incomplete message, also in the chunk that ends another', () => {
    const begun = frame(text, 'never')
    expect(metered(...whole, Buffer.concat([frame(final | text, 'x'), begun])).unfinished).toBe(begun.length)
    expect(metered(frame(final | text, 'half').subarray(0, 8)).unfinished).toBe(8)
    expect(metered(Buffer.of(final | text)).unfinished).toBe(1)
  })

  it('does not count control frames, which do not end a message', () => {
    const begun = frame(text, 'never')
    const chunks = [begun, frame(final | ping, 'are you there'), frame(final | ping)]
    expect(meteredAll(chunks)).toEqual({ unfinished: begun.length, completed: 0 })
    expect(metered(...chunks, frame(final | continuation, '.'))).toEqual({ unfinished: 0, completed: 1 })
  })

  it('counts 256 bytes more for each part after the first, which ws keeps besides its data', () => {
    const parts = [frame(text, 'x'), ...Array<Buffer>(1000).fill(frame(continuation, 'x'))]
    expect(meteredAll(parts).unfinished).toBe(1001 * 7 + 1000 * 256)
    expect(metered(...parts, frame(final | continuation)).unfinished).toBe(0)
  })

  it('counts received bytes without overhead', () => {
    const meter = new MessageMeter(longest)
    const part = frame(text | compressed, 'x'.repeat(94))
    meter.read(part)
    meter.read(frame(continuation, 'x').subarray(0, 3))
    expect(meter.received).toBe(part.length + 3)
    meter.read(frame(continuation, 'x').subarray(3))
    meter.read(frame(final | continuation))
    expect(meter.received).toBe(0)
  })

  it('counts the largest size of the complete fragments of a compressed message, up to the longest message', () => {
    const part = frame(text | compressed, 'x'.repeat(94))
    expect(metered(part).unfinished).toBe(1032 * part.length)
    expect(metered(part, frame(continuation, 'x'.repeat(2000))).unfinished).toBe(longest + 256)
    expect(metered(part, frame(final | continuation)).unfinished).toBe(0)
  })
})

it('clients that have nothing unfinished share a meter', () => {
  const meters = new MessageMeters(longest)
  const [first, second] = [meters.take(), meters.take()]
  expect(second).not.toBe(first)
  meters.giveBack(first)
  expect(meters.take()).toBe(first)
})
