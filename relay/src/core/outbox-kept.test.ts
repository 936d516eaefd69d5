import { describe, expect, it } from 'vitest'
import { deliver, feed, opened, reattach } from '../testing/kept-outbox.js'
import { all, endOfTurn, message } from '../testing/opened-outbox.js'

describe('an outbox that keeps unconfirmed frames', () => {
  it('writes no more than it may keep, and continues when the client confirms', async () => {
    const one = opened()
    for (let i = 0; i < 6; i++) await deliver(one, 'x'.repeat(17)) // 20 bytes each
    expect({ written: one.wire.text.length, behind: one.outbox.behind }).toEqual({ written: 40, behind: true })
    one.outbox.confirm(1)
    expect(one.wire.text.length).toBe(60)
    one.outbox.confirm(3)
    expect(one.wire.text.length).toBe(100)
  })

  it('writes a frame that is longer than its limit when everything is confirmed', async () => {
    const one = opened()
    await deliver(one, 'a')
    await deliver(one, 'x'.repeat(77))
    expect(one.wire.text).toBe('1:a ')
    one.outbox.confirm(1)
    expect(one.wire.text.length).toBe(84)
    one.outbox.detach()
    expect(reattach(one, 1).text.length).toBe(80)
  })

  it('cuts off a client that confirms nothing for 10 s while something waits', async () => {
    const one = opened()
    for (let i = 0; i < 3; i++) await deliver(one, 'x'.repeat(17))
    one.clock.advance(9_000)
    one.outbox.confirm(0)
    expect(one.wire.ends).toEqual([])
    one.clock.advance(11_000)
    expect(one.wire.ends.map(({ code }) => code)).toEqual(['slow_consumer'])
  })

  it('awaits no confirmation while reading is paused, and 10 s for one after that', async () => {
    const one = opened()
    const readOn = one.wire.pause?.() // its publishes wait for a broker
    for (let i = 0; i < 3; i++) await deliver(one, 'x'.repeat(17))
    one.clock.advance(60_000)
    expect(one.wire.ends).toEqual([])
    readOn?.()
    one.outbox.confirm(3)
    for (let i = 0; i < 3; i++) await deliver(one, 'x'.repeat(17))
    one.clock.advance(20_000)
    expect(one.wire.ends.map(({ code }) => code)).toEqual(['slow_consumer'])
    expect(one.clock.timers).toBe(0)
  })

  it('reads from a client whose confirmation it awaits, however many answers wait', async () => {
    const one = opened(1_000_000)
    for (let i = 0; i < 4; i++) one.outbox.deliver({ bytes: new Uint8Array(40_000) })
    await endOfTurn()
    expect({ behind: one.outbox.behind, paused: one.wire.paused }).toEqual({ behind: true, paused: false })
  })

  it('is cut off if waiting frames are too much for the relay, and frees their memory', async () => {
    const one = opened(200_000)
    const others = Array.from({ length: 3 }, () => {
      const other = one.open()
      other.outbox.encodeWith(one.outbox.encoder, 'kept')
      return other
    })
    for (const { outbox } of [one, ...others]) {
      for (let i = 0; i < 4; i++) outbox.deliver({ bytes: new Uint8Array(30_000) })
      await endOfTurn()
    }
    const cutOff = [one, ...others].filter(({ wire }) => wire.ends.length > 0)
    expect(cutOff.length).toBeGreaterThan(0)
    expect(one.room.used).toBeLessThanOrEqual(200_000 + 64 * 1024)
    for (const { outbox } of [one, ...others]) outbox.close()
    expect(one.room.used).toBe(0)
  })

  it('reports the outcome of a message when it is confirmed, or the client does not come back', async () => {
    const one = opened()
    const settled: string[] = []
    const job = (text: string) => ({
      ...message(feed, text),
      settle: (written: boolean) => settled.push(`${text} ${written}`) > 0,
    })
    one.outbox.deliver(job('a'))
    one.outbox.deliver(job('b'))
    one.outbox.deliver(job('c'))
    await endOfTurn()
    expect(settled).toEqual([])
    one.outbox.confirm(1)
    one.outbox.detach()
    one.outbox.deliver(job('d'))
    expect(settled).toEqual([])
    one.outbox.close()
    expect(settled).toEqual(['a true', 'b false', 'c false', 'd false'])
  })

  it('offers unhandled messages of an ended subscription to others', async () => {
    const one = opened()
    const settled: string[] = []
    const job = (text: string, of = feed) => ({
      ...message(of, text),
      settle: (written: boolean) => settled.push(`${text} ${written}`) > 0,
    })
    for (const text of ['a', 'b']) one.outbox.deliver(job(text))
    one.outbox.deliver(job('other', all(2)))
    await endOfTurn()
    one.outbox.confirm(1) // the first message of the subscription has arrived
    for (const text of ['c', 'd']) one.outbox.deliver(job(text))
    one.outbox.forget(1, 3)
    expect(settled).toEqual(['a true', 'b true', 'c true', 'd false'])
    one.outbox.close()
    expect(settled).toContain('other false')
  })

  it.each([
    ['after it has handled all', 2],
    ['without a count', undefined],
  ])('counts handled messages from 0 if a subscription id is used again, %s', async (_, handled) => {
    const one = opened()
    const settled: string[] = []
    const job = (text: string) => ({
      ...message(feed, text),
      settle: (written: boolean) => settled.push(`${text} ${written}`) > 0,
    })
    for (const text of ['a', 'b']) one.outbox.deliver(job(text))
    await endOfTurn()
    one.outbox.forget(1, handled)
    one.outbox.confirm(2)
    settled.length = 0
    for (const text of ['c', 'd']) one.outbox.deliver(job(text))
    one.outbox.forget(1, 1)
    expect(settled).toEqual(['c true', 'd false'])
  })

  it('shares kept frames with all clients that were sent the same', async () => {
    const one = opened()
    const other = one.open()
    other.outbox.encodeWith(one.outbox.encoder, 'kept')
    const parcel = message(feed, 'a')
    for (const { outbox } of [one, other]) outbox.deliver(parcel)
    await endOfTurn()
    for (const { outbox } of [one, other]) outbox.detach()
    expect(reattach(one, 0).buffers[1]).toBe(reattach(other, 0).buffers[1])
  })

  it('releases the oldest if the relay keeps too much: its client must begin again (R3)', async () => {
    const one = opened(750)
    const others = Array.from({ length: 6 }, () => {
      const other = one.open()
      other.outbox.encodeWith(one.outbox.encoder, 'kept')
      return other
    })
    await deliver(one, 'x'.repeat(47))
    for (const other of others) await deliver(other, 'x'.repeat(47))
    expect([one, ...others].map(({ outbox }) => outbox.after(0) !== undefined)).toEqual([
      false,
      false,
      true,
      true,
      true,
      true,
      true,
    ])
    expect(one.room.used).toBe(750)
  })

  it('counts frames once that many clients were sent', async () => {
    const one = opened()
    const other = one.open()
    other.outbox.encodeWith(one.outbox.encoder, 'kept')
    const parcel = message(feed, 'x'.repeat(47))
    for (const { outbox } of [one, other]) outbox.deliver(parcel)
    await endOfTurn()
    expect(one.room.used).toBe(150)
    one.outbox.confirm(1)
    expect(one.room.used).toBe(150)
    other.outbox.close()
    expect(one.room.used).toBe(0)
  })

  it('still awaits the outcome of a message whose frame was released', async () => {
    const one = opened(100)
    const settled: boolean[] = []
    one.outbox.deliver({ ...message(feed, 'x'.repeat(47)), settle: (written) => settled.push(written) > 0 })
    await endOfTurn()
    expect({ settled, kept: one.outbox.after(0) }).toEqual({ settled: [], kept: undefined })
    one.outbox.detach()
    one.outbox.close()
    expect(settled).toEqual([false])
  })
})
