import { describe, expect, it } from 'vitest'
import { all, answer, endOfTurn, fallBehind, message, openedOutbox } from '../testing/opened-outbox.js'
import { textEncoder } from '../testing/scripted-wire.js'
import type { Parcel } from './outlet.js'

describe('an outbox', () => {
  it('writes all that was said in a turn in one go, in order over all subscriptions', async () => {
    const { outbox, wire } = openedOutbox()
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

  it('finds those together again who were told the same in turns of their own', async () => {
    const { open } = openedOutbox()
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
    const { outbox, wire } = openedOutbox()
    const parcel = message(all(1), 'a')
    outbox.deliver(parcel)
    await endOfTurn()
    expect(wire.buffers[0]).toBe(parcel.bytes)
  })

  it('writes what is too long for one go in several', async () => {
    const { outbox, wire } = openedOutbox()
    for (const letter of ['a', 'b', 'c']) outbox.deliver(answer(letter.repeat(40_000)))
    await endOfTurn()
    expect(wire.buffers.map(({ length }) => length)).toEqual([40_000, 40_000, 40_000])
    expect(outbox.behind).toBe(false)
  })

  it('writes what is said to a reader who reads, however much it is in a turn, and before the turn ends', async () => {
    const { outbox, wire, counts } = openedOutbox()
    for (let i = 0; i < 5; i++) outbox.deliver(message(all(1), 'x'.repeat(40_000)))
    expect(wire.text.length).toBe(4 * 40_003)
    await endOfTurn()
    expect([wire.text.length, counts.missed, outbox.behind]).toEqual([5 * 40_003, 0, false])
  })

  it('tells whoever asks that a frame was written, or not', async () => {
    const { outbox, open } = openedOutbox()
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
    const { outbox, wire } = openedOutbox()
    await fallBehind({ outbox, wire })
    outbox.deliver(answer('second '))
    outbox.end(new Error('gone') as never)
    expect([wire.text, wire.ends.length]).toEqual(['first second ', 1])
  })
})
