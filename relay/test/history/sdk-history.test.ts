import { describe, expect, it } from 'vitest'
import { openHistory, record } from './sdk-recorder.js'

// `after` and `last`, with the SDK and the relay in one process.

describe('a subscription with', () => {
  it('`after` gets the messages after a position, then live ones', async () => {
    const { relay, say } = await openHistory(3)
    const all = record(relay.connect(), 'room.*.msg', { after: 'start' })
    await relay.pass(0)
    expect(all.seen).toEqual(['0!', '1!', '2!', 'synced true'])
    const some = record(relay.connect(), 'room.*.msg', { after: all.positions[0] })
    await say('live')
    expect(some.seen).toEqual(['1!', '2!', 'synced true', 'live'])
    expect(some.continuity.map(({ continuity }) => continuity)).toEqual(['catching-up', 'live'])
  })
  it('`after` learns that messages are forgotten', async () => {
    const { relay } = await openHistory(25)
    const late = record(relay.connect(), 'room.*.msg', { after: 'start' })
    await relay.pass(0)
    expect([late.seen[0], late.seen.at(-1), late.seen.length]).toEqual(['gap', 'synced false', 22])
  })
  it('`last` gets the newest messages, then live ones', async () => {
    const { relay, say } = await openHistory(3)
    const some = record(relay.connect(), 'room.*.msg', { last: 2 })
    const none = record(relay.connect(), 'room.*.msg', { last: 0 })
    const any = record(relay.connect(), 'room.*.msg', { last: Number.POSITIVE_INFINITY })
    await say('live')
    expect(some.seen).toEqual(['1!', '2!', 'synced undefined', 'live'])
    expect(none.seen).toEqual(['synced undefined', 'live'])
    expect(any.seen).toEqual(['0!', '1!', '2!', 'synced undefined', 'live'])
  })
  it('`after` beside a plain one of the same client gets each message once, and so does that', async () => {
    const { relay, say } = await openHistory(3)
    const one = relay.connect()
    const plain = record(one, 'room.*.msg')
    const all = record(one, 'room.*.msg', { after: 'start' })
    const second = record(one, 'room.*.msg')
    await say('3', '4')
    expect(plain.seen).toEqual(['3', '4'])
    expect(second.seen).toEqual(['3', '4'])
    expect(all.seen.filter((text) => text !== 'synced true').map((text) => text[0])).toEqual([...'01234'])
  })
  it('a pattern without history is refused', async () => {
    const { relay } = await openHistory()
    const one = relay.connect()
    record(one, 'lamp.*', { after: 'start' })
    await relay.pass(0)
    expect(one.errors).toEqual(['subscription unsupported'])
    record(one, 'room.1.msg', { last: -1 })
    await relay.pass(0)
    expect(one.errors.slice(1)).toEqual(['subscription invalid_frame'])
  })
})
