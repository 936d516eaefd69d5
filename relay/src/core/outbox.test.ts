import { parseSubject } from '@wildcast/protocol'
import { describe, expect, it } from 'vitest'
import { fakeClock } from '../testing/fake-clock.js'
import { scriptedWire, textEncoder, unheard } from '../testing/scripted-wire.js'
import { Outbox } from './outbox.js'
import type { FeedFacts, Parcel, StreamEncoder } from './outlet.js'
import { Turn } from './turn.js'

const all = (id: number): FeedFacts => ({ id, broker: 'main', latest: false })
const latest = (id: number): FeedFacts => ({ id, broker: 'main', latest: true })

/** Outboxes of one relay, with a backlog of 100 bytes. */
function opened(encoder: StreamEncoder = textEncoder()) {
  const clock = fakeClock()
  const turn = new Turn(clock)
  const room = { used: 0, limit: 250 }
  const counts = { missed: 0, cutOff: 0 }
  const observer = { missed: () => void counts.missed++, cutOff: () => void counts.cutOff++ }
  const open = () => {
    const wire = scriptedWire()
    return {
      wire,
      outbox: new Outbox({ turn, clock, backlog: 100, room, observer }, encoder, { wire, owner: unheard }),
    }
  }
  return { clock, room, counts, open, ...open() }
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const answer = (text: string): Parcel => ({ bytes: bytes(text) })
const message = (feed: FeedFacts, text: string, subject = 'a'): Parcel => ({
  bytes: bytes(`${feed.id}:${text} `),
  feed,
  message: { subject: parseSubject(subject), payload: text },
})
const endOfTurn = (): Promise<void> => Promise.resolve()

/** Writes something that its reader does not take. */
async function fallBehind({ outbox, wire }: Pick<ReturnType<typeof opened>, 'outbox' | 'wire'>): Promise<void> {
  wire.stop()
  outbox.deliver(answer('first '))
  await endOfTurn()
  expect(outbox.behind).toBe(true)
}

describe('an outbox', () => {
  it('writes all that was said in a turn in one go, in order over all subscriptions', async () => {
    const { outbox, wire } = opened()
    for (const parcel of [message(all(1), 'a'), answer('ack '), message(all(2), 'b'), message(all(1), 'c')])
      outbox.deliver(parcel)
    expect(wire.buffers).toEqual([])
    await endOfTurn()
    expect([wire.buffers.length, wire.text]).toEqual([1, '1:a ack 2:b 1:c '])
    outbox.deliver(answer('next '))
    await endOfTurn()
    expect([wire.buffers.length, wire.text]).toEqual([2, '1:a ack 2:b 1:c next '])
  })

  it('shares one buffer with all who were told the same, and with nobody else', async () => {
    const encoder = textEncoder()
    const { open } = opened(encoder)
    const [one, two, three] = [open(), open(), open()]
    const parcels = ['a', 'b', 'c'].map((text) => message(all(1), text))
    for (const parcel of parcels) for (const { outbox } of [one, two, three]) outbox.deliver(parcel)
    three.outbox.deliver(answer('mine '))
    await endOfTurn()
    expect(one.wire.buffers[0]).toBe(two.wire.buffers[0])
    expect([one, three].map(({ wire }) => wire.text)).toEqual(['1:a 1:b 1:c ', '1:a 1:b 1:c mine '])
    expect(encoder.joins).toBe(2)
  })

  it('finds those together again who were told the same in turns of their own', async () => {
    const { open } = opened()
    const boxes = [open(), open(), open(), open()]
    const [x, y] = [message(all(1), 'x'), message(all(2), 'y')]
    for (const [i, { outbox }] of boxes.entries()) outbox.deliver(i % 2 === 0 ? x : y)
    for (const [i, { outbox }] of boxes.entries()) outbox.deliver(i % 2 === 0 ? y : x)
    await endOfTurn()
    const [a, b, c, d] = boxes.map(({ wire }) => wire)
    expect([a?.buffers[0] === c?.buffers[0], b?.buffers[0] === d?.buffers[0]]).toEqual([true, true])
    expect([a?.text, b?.text]).toEqual(['1:x 2:y ', '2:y 1:x '])
  })

  it('writes a single frame as it is', async () => {
    const { outbox, wire } = opened()
    const parcel = message(all(1), 'a')
    outbox.deliver(parcel)
    await endOfTurn()
    expect(wire.buffers[0]).toBe(parcel.bytes)
  })

  it('writes what is too long for one go in several', async () => {
    const { outbox, wire } = opened()
    for (const letter of ['a', 'b', 'c']) outbox.deliver(answer(letter.repeat(40_000)))
    await endOfTurn()
    expect(wire.buffers.map(({ length }) => length)).toEqual([40_000, 40_000, 40_000])
    expect(outbox.behind).toBe(false)
  })

  it('writes what is said to a reader who reads, however much it is in a turn, and before the turn ends', async () => {
    const { outbox, wire, counts } = opened()
    for (let i = 0; i < 5; i++) outbox.deliver(message(all(1), 'x'.repeat(40_000)))
    expect(wire.text.length).toBe(4 * 40_003)
    await endOfTurn()
    expect([wire.text.length, counts.missed, outbox.behind]).toEqual([5 * 40_003, 0, false])
  })

  it('tells whoever asks that a frame was written, or not', async () => {
    const { outbox, open } = opened()
    const heard: [string, boolean][] = []
    const told = (name: string): Parcel => ({ ...answer(name), settle: (written) => heard.push([name, written]) > 0 })
    outbox.deliver(told('written'))
    await endOfTurn()
    outbox.deliver(told('closed meanwhile'))
    outbox.close()
    outbox.deliver(told('closed before'))
    await endOfTurn()
    const slow = open()
    await fallBehind(slow)
    slow.outbox.deliver(told('waited'))
    slow.wire.read()
    await fallBehind(slow)
    slow.outbox.deliver(told('never read'))
    slow.outbox.close()
    expect(heard).toEqual([
      ['written', true],
      ['closed meanwhile', false],
      ['closed before', false],
      ['waited', true],
      ['never read', false],
    ])
  })

  it('writes what there is before it ends', async () => {
    const { outbox, wire } = opened()
    await fallBehind({ outbox, wire })
    outbox.deliver(answer('second '))
    outbox.end(new Error('gone') as never)
    expect([wire.text, wire.ends.length]).toEqual(['first second ', 1])
  })
})

describe('a reader that is behind', () => {
  it('is written nothing more until it has read what there is; then all that waited, in order', async () => {
    const box = opened()
    await fallBehind(box)
    for (const text of ['a', 'b']) box.outbox.deliver(message(all(1), text))
    box.outbox.deliver(answer('ack '))
    await endOfTurn()
    expect(box.wire.text).toBe('first ')
    box.wire.read()
    expect([box.wire.text, box.wire.buffers.length, box.outbox.behind]).toEqual(['first 1:a 1:b ack ', 2, false])
  })

  it('misses all messages past its bound, and is told how many before the next; answers stay (SP-BRK-3)', async () => {
    const box = opened()
    await fallBehind(box)
    for (let i = 0; i < 24; i++) box.outbox.deliver(message(all(1), `x${i % 10}`)) // 120 bytes
    box.outbox.deliver(answer('ack '))
    box.outbox.deliver(message(all(2), 'y'))
    box.wire.read()
    expect(box.wire.text).toBe('first gap1:20 1:x0 1:x1 1:x2 1:x3 ack 2:y ')
    expect(box.counts).toEqual({ missed: 20, cutOff: 0 })
  })

  it('is told of each subscription for itself, and of losses before and after as one', async () => {
    const box = opened()
    await fallBehind(box)
    const burst = (): void => {
      for (let i = 0; i < 6; i++) for (const id of [1, 2]) box.outbox.deliver(message(all(id), '0123456'))
    }
    for (let i = 0; i < 3; i++) burst()
    box.wire.read()
    expect(box.wire.text).toBe(`first gap1:15 gap2:15 ${'1:0123456 2:0123456 '.repeat(3)}`)
  })

  it('is sent the newest of each subject, in the place of the one before, where it wants no other; that is no gap', async () => {
    const box = opened()
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

  it('is held to its bound by messages that grow in their places, too', async () => {
    const box = opened()
    await fallBehind(box)
    for (let i = 0; i < 4; i++) box.outbox.deliver(message(latest(1), 'x', `s${i}`))
    for (let i = 0; i < 4; i++) box.outbox.deliver(message(latest(1), 'x'.repeat(60), `s${i}`))
    expect(box.room.used).toBeLessThanOrEqual(150)
    box.wire.read()
    expect(box.wire.text).toMatch(/gap1:\d+ /)
  })

  it('may stay behind for ever: what was written leaves nothing, and the newest still find their places', async () => {
    const box = opened()
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

  it('is owed nothing of a subscription that has ended meanwhile, whose id may come back', async () => {
    const box = opened()
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

  it('keeps the newest ones when the others are dropped, unless they are too many themselves', async () => {
    const box = opened()
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

  it('shares a bound with all others who are behind, and gives back what it took (L6)', async () => {
    const { open, room } = opened()
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

  it('may be sent one message that is longer than the bound', async () => {
    const box = opened()
    await fallBehind(box)
    box.outbox.deliver(message(all(1), 'x'.repeat(500)))
    box.wire.read()
    expect(box.wire.text).toBe(`first 1:${'x'.repeat(500)} `)
  })

  it('is cut off where its dialect has no words for a gap', async () => {
    const box = opened({ ...textEncoder(), overrun: 'end' })
    await fallBehind(box)
    for (let i = 0; i < 30; i++) box.outbox.deliver(message(all(1), 'x'.repeat(10)))
    expect(box.wire.ends.map(({ code }) => code)).toEqual(['slow_consumer'])
  })

  it('that does not read its answers is not listened to until it has, and is cut off where too many come all the same', async () => {
    const box = opened()
    await fallBehind(box)
    box.outbox.deliver(answer('x'.repeat(70_000)))
    expect(box.wire.paused).toBe(true)
    box.wire.read()
    expect(box.wire.paused).toBe(false)
    await fallBehind(box)
    for (let i = 0; i < 10; i++) box.outbox.deliver(answer('x'.repeat(1_000_000)))
    expect(box.wire.ends.map(({ code }) => code)).toEqual(['slow_consumer'])
    expect([box.wire.paused, box.outbox.behind, box.counts.cutOff]).toEqual([false, true, 1])
  })

  it('is listened to again when its answers have left, although messages keep it behind', async () => {
    const box = opened()
    await fallBehind(box)
    box.outbox.deliver(answer('x'.repeat(70_000)))
    box.outbox.deliver(message(all(1), 'more'))
    expect(box.wire.paused).toBe(true)
    box.wire.readOn(0)
    expect([box.wire.paused, box.outbox.behind]).toEqual([false, true])
  })

  it('is cut off when it has read nothing for ten seconds, and only then (L5, L7)', async () => {
    const box = opened()
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

  it('leaves no timer behind once it has caught up, or has left', async () => {
    const box = opened()
    await fallBehind(box)
    expect(box.clock.timers).toBe(1)
    box.wire.read()
    expect(box.clock.timers).toBe(0)
    await fallBehind(box)
    box.outbox.close()
    expect(box.clock.timers).toBe(0)
  })
})
