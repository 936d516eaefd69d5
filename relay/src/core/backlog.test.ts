import { describe, expect, it } from 'vitest'
import { all, answer, endOfTurn, fallBehind, latest, message, openedOutbox } from '../testing/opened-outbox.js'
import { textEncoder } from '../testing/scripted-wire.js'
import type { FeedFacts, Parcel } from './outlet.js'

const value = (feed: FeedFacts, text: string): Parcel => ({ ...message(feed, text), replay: true })
const end = (feed: FeedFacts): Parcel => ({ ...answer('end '), feed, replay: true })

describe('a reader that is behind', () => {
  it('gets nothing more until it has read what was written; then all that waited, in order', async () => {
    const box = openedOutbox()
    await fallBehind(box)
    for (const text of ['a', 'b']) box.outbox.deliver(message(all(1), text))
    box.outbox.deliver(answer('ack '))
    await endOfTurn()
    expect(box.wire.text).toBe('first ')
    box.wire.read()
    expect({ text: box.wire.text, writes: box.wire.buffers.length, behind: box.outbox.behind }).toEqual({
      text: 'first 1:a 1:b ack ',
      writes: 2,
      behind: false,
    })
  })

  it('misses all messages past its limit, and gets their number before the next; answers stay (SP-BRK-3)', async () => {
    const box = openedOutbox()
    await fallBehind(box)
    for (let i = 0; i < 24; i++) box.outbox.deliver(message(all(1), `x${i % 10}`)) // 120 bytes
    box.outbox.deliver(answer('ack '))
    box.outbox.deliver(message(all(2), 'y'))
    box.wire.read()
    expect(box.wire.text).toBe('first gap1:20 1:x0 1:x1 1:x2 1:x3 ack 2:y ')
    expect(box.counts).toEqual({ missed: 20, cutOff: 0 })
  })

  it('gets one gap for each subscription, and one for losses before and after', async () => {
    const box = openedOutbox()
    await fallBehind(box)
    const burst = (): void => {
      for (let i = 0; i < 6; i++) for (const id of [1, 2]) box.outbox.deliver(message(all(id), '0123456'))
    }
    for (let i = 0; i < 3; i++) burst()
    box.wire.read()
    expect(box.wire.text).toBe(`first gap1:15 gap2:15 ${'1:0123456 2:0123456 '.repeat(3)}`)
  })

  it('gets only the newest of each subject with `latest`, in the position of the older, without a gap', async () => {
    const box = openedOutbox()
    await fallBehind(box)
    for (let i = 0; i < 1000; i++)
      for (const subject of ['a', 'b']) box.outbox.deliver(message(latest(1), `${subject}${i}`, subject))
    box.outbox.deliver(answer('ack '))
    box.outbox.deliver(message(latest(1), 'a!', 'a'))
    box.wire.read()
    expect(box.wire.text).toBe('first 1:a! 1:b999 ack ')
    box.outbox.deliver(message(latest(1), 'a?', 'a'))
    await endOfTurn()
    expect(box.wire.text).toBe('first 1:a! 1:b999 ack 1:a? ')
  })

  it('stays within its limit while messages are replaced by longer ones', async () => {
    const box = openedOutbox()
    await fallBehind(box)
    for (let i = 0; i < 4; i++) box.outbox.deliver(message(latest(1), 'x', `s${i}`))
    for (let i = 0; i < 4; i++) box.outbox.deliver(message(latest(1), 'x'.repeat(60), `s${i}`))
    expect(box.room.used).toBeLessThanOrEqual(150)
    box.wire.read()
    expect(box.wire.text).toMatch(/gap1:\d+ /)
  })

  it('may stay behind forever: written frames use no memory, and newer messages still replace older ones', async () => {
    const box = openedOutbox(undefined, 20_000_000)
    await fallBehind(box)
    for (let round = 0; round < 3000; round++) {
      for (const subject of ['a', 'b']) box.outbox.deliver(message(latest(1), `${round}`, subject))
      box.outbox.deliver(message(latest(1), `${round}!`, 'a'))
      box.outbox.deliver(answer('x'.repeat(70_000)))
      box.outbox.deliver(message(latest(1), `${round}?`, 'b'))
      box.wire.readOn(1)
    }
    box.wire.read()
    const texts = box.wire.buffers.slice(1).map((bytes) => new TextDecoder().decode(bytes.subarray(0, 40)))
    expect(texts.filter((text) => text.startsWith('1:'))).toEqual(
      Array.from({ length: 3000 }, (_, round) => `1:${round}! 1:${round}? `),
    )
    expect(box.room.used).toBe(0)
  })

  it('gets nothing of a subscription that has ended meanwhile, whose id may be used again', async () => {
    const box = openedOutbox()
    await fallBehind(box)
    box.outbox.deliver(message(latest(1), 'before'))
    for (let i = 0; i < 30; i++) box.outbox.deliver(message(all(2), 'lost'))
    for (const id of [1, 2]) box.outbox.forget(id)
    box.outbox.deliver(answer('again '))
    box.outbox.deliver(message(latest(1), 'after'))
    box.outbox.deliver(message(all(2), 'after'))
    box.wire.read()
    expect(box.wire.text).toBe('first again 1:after 2:after ')
  })

  it('keeps the newest messages when the others are dropped, unless these alone are too many', async () => {
    const box = openedOutbox()
    await fallBehind(box)
    box.outbox.deliver(message(latest(1), 'kept', 'a'))
    for (let i = 0; i < 25; i++) box.outbox.deliver(message(all(2), 'x'))
    box.outbox.deliver(message(latest(1), 'newer', 'a'))
    box.wire.read()
    expect(box.wire.text).toMatch(/^first 1:newer gap2:\d+ (2:x )+$/)
    await fallBehind(box)
    for (let i = 0; i < 25; i++) box.outbox.deliver(message(latest(1), `s${i}`, `s${i}`))
    box.wire.read()
    expect(box.wire.text).toMatch(/first gap1:\d+ (1:s\d+ )+$/)
  })

  it('shares a limit with all others that are behind, and frees what it used (L6)', async () => {
    const { open, room } = openedOutbox()
    const boxes = Array.from({ length: 4 }, open)
    for (const box of boxes) {
      await fallBehind(box)
      for (let i = 0; i < 8; i++) box.outbox.deliver(message(all(1), '0123456')) // 80 bytes
    }
    expect(room.used).toBeLessThanOrEqual(room.limit)
    for (const { wire } of boxes) wire.read()
    expect(boxes.map(({ wire }) => wire.text.includes('gap'))).toEqual([false, false, false, true])
    const [one, two] = boxes
    for (const box of [one, two]) if (box) await fallBehind(box)
    one?.outbox.deliver(message(all(1), 'a'))
    two?.outbox.deliver(message(latest(1), 'a'))
    two?.outbox.deliver(message(latest(1), 'longer'))
    one?.outbox.close()
    two?.wire.read()
    expect(room.used).toBe(0)
  })

  it('may get one message that is longer than the limit', async () => {
    const box = openedOutbox()
    await fallBehind(box)
    box.outbox.deliver(message(all(1), 'x'.repeat(500)))
    box.wire.read()
    expect(box.wire.text).toBe(`first 1:${'x'.repeat(500)} `)
  })

  it('is cut off if its dialect cannot report a gap', async () => {
    const box = openedOutbox({ ...textEncoder(), overrun: 'end' })
    await fallBehind(box)
    for (let i = 0; i < 30; i++) box.outbox.deliver(message(all(1), 'x'.repeat(10)))
    expect(box.wire.ends.map(({ code }) => code)).toEqual(['slow_consumer'])
  })

  it('is not read from until it has read its answers, and is cut off if too many follow anyway', async () => {
    const box = openedOutbox(undefined, 20_000_000)
    await fallBehind(box)
    box.outbox.deliver(answer('x'.repeat(70_000)))
    expect(box.wire.paused).toBe(true)
    box.wire.read()
    expect(box.wire.paused).toBe(false)
    await fallBehind(box)
    for (let i = 0; i < 10; i++) box.outbox.deliver(answer('x'.repeat(1_000_000)))
    expect(box.wire.ends.map(({ code }) => code)).toEqual(['slow_consumer'])
    expect({ paused: box.wire.paused, behind: box.outbox.behind, cutOff: box.counts.cutOff }).toEqual({
      paused: false,
      behind: true,
      cutOff: 1,
    })
  })

  it('is read from again when its answers have left, although messages keep it behind', async () => {
    const box = openedOutbox(undefined, 20_000_000)
    await fallBehind(box)
    box.outbox.deliver(answer('x'.repeat(70_000)))
    box.outbox.deliver(message(all(1), 'more'))
    expect(box.wire.paused).toBe(true)
    box.wire.readOn(0)
    expect({ paused: box.wire.paused, behind: box.outbox.behind }).toEqual({ paused: false, behind: true })
  })

  it('is cut off when it has read nothing for 10 s, and only then (L5, L7)', async () => {
    const box = openedOutbox()
    await fallBehind(box)
    box.clock.advance(9_999)
    box.wire.read(1)
    box.clock.advance(10_000)
    box.wire.read(1)
    box.clock.advance(10_000)
    expect(box.wire.ends).toEqual([])
    box.clock.advance(10_000)
    expect(box.wire.ends.map(({ code }) => code)).toEqual(['slow_consumer'])
    expect(box.clock.timers).toBe(0)
  })

  it('leaves no timer when it has caught up or left', async () => {
    const box = openedOutbox()
    await fallBehind(box)
    expect(box.clock.timers).toBe(1)
    box.wire.read()
    expect(box.clock.timers).toBe(0)
    await fallBehind(box)
    box.outbox.close()
    expect(box.clock.timers).toBe(0)
  })

  it('drops values with the messages of their subscription, since they are sent again, and counts none', async () => {
    const box = openedOutbox()
    await fallBehind(box)
    box.outbox.deliver(value(all(1), 'v'))
    box.outbox.deliver(value(all(2), 'w'))
    box.outbox.deliver(end(all(1)))
    for (let i = 0; i < 24; i++) box.outbox.deliver(message(all(1), `x${i % 10}`))
    box.wire.read()
    expect(box.wire.text).toBe('first gap1:20 gap2:undefined 1:x0 1:x1 1:x2 1:x3 ')
    expect(box.counts.missed).toBe(20)
    expect(box.room.used).toBe(0)
  })

  it('a value may be longer than its limit', async () => {
    const box = openedOutbox()
    await fallBehind(box)
    box.outbox.deliver(value(all(1), 'x'.repeat(200)))
    box.outbox.deliver(message(all(1), 'y'))
    box.wire.read()
    expect(box.wire.text).toBe(`first 1:${'x'.repeat(200)} 1:y `)
  })

  it('gets a later message after a value of the same subject, with `latest`, too', async () => {
    const box = openedOutbox()
    await fallBehind(box)
    box.outbox.deliver(message(latest(1), 'old'))
    box.outbox.deliver(value(latest(1), 'value'))
    box.outbox.deliver(message(latest(1), 'new'))
    box.outbox.deliver(message(latest(1), 'newer'))
    box.wire.read()
    expect(box.wire.text).toBe('first 1:old 1:value 1:newer ')
  })
})
