import { decode } from '@msgpack/msgpack'
import { describe, expect, it } from 'vitest'
import { MessagePackWriter } from './messagepack-writer.js'

describe('the MessagePack writer', () => {
  it.each([0, 1, 31, 32, 64, 65, 255, 256, 65_535, 65_536])('writes a text of %i units', (length) => {
    for (const unit of ['x', 'é', '𝄞'.repeat(2)]) {
      const text = unit.repeat(length)
      expect(decode(new MessagePackWriter().text(text).take())).toBe(text)
    }
  })

  it.each([0, 1, 255, 256, 65_535, 65_536])('writes %i bytes', (length) => {
    const bytes = new Uint8Array(length).fill(0xff)
    expect(decode(new MessagePackWriter().bin(bytes).take())).toEqual(bytes)
  })

  it.each([0, 127, 128, 255, 65_536, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER])(
    'writes the number %i',
    (value) => {
      expect(decode(new MessagePackWriter().uint(value).take())).toBe(value)
    },
  )

  it('writes all of a text that is ASCII only at its start', () => {
    expect(decode(new MessagePackWriter().text('good.é').take())).toBe('good.é')
  })

  it('starts again after each take, without changing what was taken', () => {
    const writer = new MessagePackWriter()
    const first = writer.map(1).text('a').uint(1).take()
    const second = writer.map(1).text('b').uint(2).take()
    expect({ first: decode(first), second: decode(second) }).toEqual({ first: { a: 1 }, second: { b: 2 } })
  })
})
