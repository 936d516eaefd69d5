import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readStamp, stampLength, stampText } from './load-stamp.js'
import { SeenMessages } from './seen-messages.js'

it('each message counts once, in any order and with any repeats', () => {
  const message = fc.record({ publisher: fc.nat(3), sequence: fc.nat(30) })
  fc.assert(
    fc.property(fc.array(message), (messages) => {
      const [seen, names] = [new SeenMessages(), new Set<string>()]
      for (const one of messages) {
        const name = `${one.publisher} ${one.sequence}`
        expect(seen.add(one)).toBe(!names.has(name))
        names.add(name)
      }
    }),
  )
})

it('a stamp is read as it was written, and has one length', () => {
  const stamp = fc.record({
    timeUs: fc.nat(36 ** 10 - 1),
    publisher: fc.nat(36 ** 4 - 1),
    sequence: fc.nat(36 ** 6),
  })
  fc.assert(
    fc.property(stamp, (one) => {
      const text = stampText(one)
      expect(text).toHaveLength(stampLength)
      expect(readStamp(`${text}xxx`)).toEqual(one)
    }),
  )
})
