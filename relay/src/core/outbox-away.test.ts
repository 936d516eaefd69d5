import { describe, expect, it } from 'vitest'
import { deliver, feed, newest, opened, reattach } from '../testing/kept-outbox.js'
import { endOfTurn, message } from '../testing/opened-outbox.js'

describe('an outbox whose client is away', () => {
  it('keeps frames, and writes them in order when the client is back', async () => {
    const one = opened()
    await deliver(one, 'before')
    one.outbox.deliver(message(feed, 'unwritten'))
    one.outbox.detach()
    await deliver(one, 'meanwhile')
    const next = reattach(one, 1)
    await deliver(one, 'after')
    expect({ first: one.wire.text, next: next.text }).toEqual({
      first: '1:before ',
      next: '1:unwritten 1:meanwhile 1:after ',
    })
  })

  it.each([
    [0, '1:a 1:b 1:c '],
    [1, '1:b 1:c '],
    [2, '1:c '],
    [3, ''],
  ])('writes frames again after the ones that were handled: %d of 3', async (handled, text) => {
    const one = opened()
    await deliver(one, 'a', 'b')
    await deliver(one, 'c')
    one.outbox.detach()
    expect(reattach(one, handled).text).toBe(text)
  })

  it('keeps no confirmed frames', async () => {
    const one = opened()
    await deliver(one, 'a', 'b', 'c')
    expect(one.outbox.confirm(2)).toBe(true)
    one.outbox.detach()
    expect([1, 2, 3, 4].map((count) => one.outbox.after(count) !== undefined)).toEqual([false, true, true, false])
    expect(reattach(one, 2).text).toBe('1:c ')
  })

  it('refuses a confirmation of unwritten frames, and ignores a lower one than before', async () => {
    const one = opened()
    await deliver(one, 'a', 'b')
    one.outbox.confirm(1)
    for (const count of [3, 1.5, Number.NaN, -1]) expect(one.outbox.confirm(count)).toBe(false)
    expect(one.outbox.confirm(0)).toBe(true)
    expect(one.outbox.after(0)).toBeUndefined()
    expect(one.outbox.confirm(2)).toBe(true)
  })

  it('keeps its limits: the excess is reported as a gap, and one `latest` message stays', async () => {
    const one = opened()
    one.outbox.detach()
    for (let i = 0; i < 30; i++) one.outbox.deliver(message(feed, 'x'.repeat(9)))
    for (let i = 0; i < 5; i++) one.outbox.deliver(message(newest, `${i}`))
    const next = reattach(one, 0)
    one.outbox.confirm(4)
    expect(next.text).toMatch(/^gap1:24 (1:x{9} ){6}2:4 $/)
  })

  it('can be resumed although the relay keeps too much: it is not ended while its client comes back', async () => {
    const one = opened(200_000)
    for (let i = 0; i < 4; i++) one.outbox.deliver({ bytes: new Uint8Array(30_000) })
    await endOfTurn()
    one.room.used += 100_000
    expect(one.outbox.after(1) !== undefined).toBe(true)
    one.outbox.detach()
    const next = reattach(one, 1)
    expect({ written: next.text.length, ends: one.wire.ends }).toEqual({ written: 30_000, ends: [] })
  })

  it('is not cut off for reading nothing, however long it takes', async () => {
    const one = opened()
    one.wire.stop()
    await deliver(one, 'first')
    one.outbox.detach()
    one.clock.advance(3_600_000)
    expect({ ends: one.wire.ends, timers: one.clock.timers }).toEqual({ ends: [], timers: 0 })
  })

  it('ignores its old wire', async () => {
    const one = opened()
    one.wire.stop()
    await deliver(one, 'first')
    one.outbox.detach()
    one.outbox.deliver(message(feed, 'second'))
    one.wire.read()
    expect({ first: one.wire.text, next: reattach(one, 1).text }).toEqual({ first: '1:first ', next: '1:second ' })
  })
})
