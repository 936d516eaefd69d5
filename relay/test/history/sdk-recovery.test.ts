import { describe, expect, it } from 'vitest'
import { openHistory, type RecordedFeed, record, sdkRules, untilExpired } from './sdk-recorder.js'

// A subscription after a loss, with the SDK and the relay in one process.

describe('a plain subscription whose session was lost', () => {
  it('gets what it has missed, without a gap', async () => {
    const { relay, say } = await openHistory(2)
    const one = relay.connect()
    const reader = record(one, 'room.*.msg')
    await say('a')
    one.isOffline = true
    one.cut()
    await relay.pass(untilExpired)
    await say('b', 'c')
    one.isOffline = false
    await relay.pass(30_000)
    await say('d')
    expect(reader.seen).toEqual(['a', 'b!', 'c!', 'synced true', 'd'])
    const continuity = reader.continuity.map((now) => now.continuity)
    expect(continuity).toEqual(['catching-up', 'live', 'catching-up', 'stale', 'catching-up', 'live'])
  })
  it('and that has received nothing yet, misses nothing', async () => {
    const { relay, say } = await openHistory(2)
    const one = relay.connect()
    const reader = record(one, 'room.*.msg')
    await relay.pass(0)
    await relay.restart()
    await say('b')
    await relay.pass(30_000)
    await say('c')
    expect(reader.seen).toEqual(['b!', 'synced true', 'c'])
  })
  it('has a gap if messages are forgotten, and if the pattern has subjects that are not kept', async () => {
    const { relay, say } = await openHistory(2)
    const [one, two] = [relay.connect(), relay.connect()]
    const [late, mixed] = [record(one, 'room.*.msg'), record(two, 'room.**')]
    await say('a')
    for (const each of [one, two]) {
      each.isOffline = true
      each.cut()
    }
    await relay.pass(untilExpired)
    two.isOffline = false
    await relay.pass(30_000)
    for (let i = 0; i < 25; i++) await say(`${i}`)
    one.isOffline = false
    await relay.pass(30_000)
    expect(late.seen.slice(0, 3)).toEqual(['a', 'gap', '5!'])
    expect(late.seen.at(-1)).toBe('synced false')
    expect(mixed.seen.slice(0, 4)).toEqual(['a', 'gap', 'synced true', '0'])
  })
  it('has a gap at a relay without history, and continues', async () => {
    const { relay, say } = await openHistory(2)
    const reader = record(relay.connect(), 'room.*.msg')
    await say('a')
    await relay.restart([])
    await relay.pass(30_000)
    await say('b')
    expect(reader.seen).toEqual(['a', 'gap', 'b'])
  })
  it('has a gap in another history, whose numbers may be lower, and continues', async () => {
    const { relay, say } = await openHistory(2)
    const reader = record(relay.connect(), 'room.*.msg')
    await say('a')
    await relay.restart(sdkRules)
    await relay.pass(30_000)
    await say('b', 'c')
    expect(reader.seen.map((text) => text.replace('!', ''))).toEqual(['a', 'gap', 'synced false', 'b', 'c'])
  })
})

describe('after a loss on a live session', () => {
  it('a subscription gets what it has missed; one with other subjects has a gap, too', async () => {
    const { relay, say } = await openHistory(2)
    const one = relay.connect()
    const [reader, all, mixed] = [
      record(one, 'room.*.msg'),
      record(one, 'room.*.msg', { after: 'start' }),
      record(one, 'room.**'),
    ]
    await say('a')
    relay.link('down')
    await relay.pass(1_000)
    relay.link('up')
    await say('b')
    const texts = ({ seen }: RecordedFeed): string[] => seen.map((text) => text.replace('!', ''))
    expect(texts(reader).filter((text) => !text.startsWith('synced'))).toEqual(['a', 'b'])
    expect(texts(all).filter((text) => !text.startsWith('synced'))).toEqual(['0', '1', 'a', 'b'])
    expect(texts(mixed).filter((text) => !text.startsWith('synced'))).toEqual(['a', 'gap', 'b'])
    expect(reader.continuity.at(-1)?.continuity).toBe('live')
    expect(one.errors).toEqual([])
  })
})
