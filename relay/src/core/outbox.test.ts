import { describe, expect, it } from 'vitest'
import { all, answer, endOfTurn, fallBehind, message, openedOutbox } from '../testing/opened-outbox.js'
import { textEncoder } from '../testing/scripted-wire.js'
import type { Parcel } from './outlet.js'

describe('an outbox', () => {
  it('writes all frames of a turn at once, in order over all subscriptions', async () => {
    const { outbox, wire } = openedOutbox()
    for (const parcel of [message(all(1), 'a'), answer('ack '), message(all(2), 'b'), message(all(1), 'c')])
      outbox.deliver(parcel)
    expect(wire.buffers).toEqual([])
    await endOfTurn()
    expect({ writes: wire.buffers.length, text: wire.text }).toEqual({ writes: 1, text: '1:a ack 2:b 1:c ' })
    outbox.deliver(answer('next '))
    await endOfTurn()
    expect({ writes: wire.buffers.length, text: wire.text }).toEqual({ writes: 2, text: '1:a ack 2:b 1:c next ' })
  })

  it('shares one buffer with all clients that were sent the same, and with no other', async () => {
    const encoder = textEncoder()
    const { open } = openedOutbox(encoder)
    const [one, two, three] = [open(), open(), open()]
    const parcels = ['a', 'b', 'c'].map((text) => message(all(1), text))
    for (const parcel of parcels) for (const { outbox } of [one, two, three]) outbox.deliver(parcel)
    three.outbox.deliver(answer('mine '))
    await endOfTurn()
    expect(one.wire.buffers[0]).toBe(two.wire.buffers[0])
    expect([one, three].map(({ wire }) => wire.text)).toEqual(['1:a 1:b 1:c ', '1:a 1:b 1:c mine '])
    expect(encoder.joins).toBe(2)
  })

  it('shares buffers of equal frames that were delivered in another order of clients', async () => {
    const { open } = openedOutbox()
    const boxes = [open(), open(), open(), open()]
    const [x, y] = [message(all(1), 'x'), message(all(2), 'y')]
    for (const [i, { outbox }] of boxes.entries()) outbox.deliver(i % 2 === 0 ? x : y)
    for (const [i, { outbox }] of boxes.entries()) outbox.deliver(i % 2 === 0 ? y : x)
    await endOfTurn()
    const [a, b, c, d] = boxes.map(({ wire }) => wire)
    expect(a?.buffers[0]).toBe(c?.buffers[0])
    expect(b?.buffers[0]).toBe(d?.buffers[0])
    expect({ a: a?.text, b: b?.text }).toEqual({ a: '1:x 2:y ', b: '2:y 1:x ' })
  })

  it('writes a single frame as it is', async () => {
    const { outbox, wire } = openedOutbox()
    const parcel = message(all(1), 'a')
    outbox.deliver(parcel)
    await endOfTurn()
    expect(wire.buffers[0]).toBe(parcel.bytes)
  })

  it('writes frames that are too long for one write in several', async () => {
    const { outbox, wire } = openedOutbox()
    for (const letter of ['a', 'b', 'c']) outbox.deliver(answer(letter.repeat(40_000)))
    await endOfTurn()
    expect(wire.buffers.map(({ length }) => length)).toEqual([40_000, 40_000, 40_000])
    expect(outbox.behind).toBe(false)
  })

  it('writes any amount in a turn to a client that reads, before the turn ends', async () => {
    const { outbox, wire, counts } = openedOutbox()
    for (let i = 0; i < 5; i++) outbox.deliver(message(all(1), 'x'.repeat(40_000)))
    expect(wire.text.length).toBe(4 * 40_003)
    await endOfTurn()
    expect({ length: wire.text.length, missed: counts.missed, behind: outbox.behind }).toEqual({
      length: 5 * 40_003,
      missed: 0,
      behind: false,
    })
  })

  it('reports whether a frame was written', async () => {
    const { outbox, open } = openedOutbox()
    const settled: [string, boolean][] = []
    const asking = (name: string): Parcel => ({
      ...answer(name),
      settle: (written) => settled.push([name, written]) > 0,
    })
    outbox.deliver(asking('written'))
    await endOfTurn()
    outbox.deliver(asking('closed meanwhile'))
    outbox.close()
    outbox.deliver(asking('closed before'))
    await endOfTurn()
    const slow = open()
    await fallBehind(slow)
    slow.outbox.deliver(asking('waited'))
    slow.wire.read()
    await fallBehind(slow)
    slow.outbox.deliver(asking('never read'))
    slow.outbox.close()
    expect(settled).toEqual([
      ['written', true],
      ['closed meanwhile', false],
      ['closed before', false],
      ['waited', true],
      ['never read', false],
    ])
  })

  it('writes what waits before it ends', async () => {
    const { outbox, wire } = openedOutbox()
    await fallBehind({ outbox, wire })
    outbox.deliver(answer('second '))
    outbox.end(new Error('gone') as never)
    expect({ text: wire.text, ends: wire.ends.length }).toEqual({ text: 'first second ', ends: 1 })
  })
})
