import { history } from '@wildcast/client/history'
import { describe, expect, it } from 'vitest'
import { openHistory, untilExpired } from './sdk-recorder.js'

const texts = (messages: readonly { text(): string }[]): string => messages.map((message) => message.text()).join(' ')

describe('a page', () => {
  it('has the newest messages, those before a position, or those after it', async () => {
    const { relay } = await openHistory(8)
    const log = history(relay.connect().client)
    const newest = await log.page('room.*.msg', { limit: 3 })
    expect([texts(newest.messages), newest.hasMore, newest.recovered]).toEqual(['5 6 7', true, undefined])
    const before = newest.messages[0]?.position
    const older = await log.page('room.*.msg', { before, limit: 5 })
    expect([texts(older.messages), older.hasMore]).toEqual(['0 1 2 3 4', false])
    const { position: after } = older.messages[1] ?? {}
    const later = await log.page('room.*.msg', { after, limit: 2 })
    expect([texts(later.messages), later.hasMore, later.recovered]).toEqual(['2 3', true, true])
    expect(newest.messages[0]).toMatchObject({ params: ['1'], replayed: true, data: 5 })
  })
  it('is refused for a pattern without history, and a limit of 0', async () => {
    const { relay } = await openHistory()
    const log = history(relay.connect().client)
    await expect(log.page('lamp.*')).rejects.toMatchObject({ code: 'unsupported' })
    await expect(log.page('room.1.msg', { limit: 0 })).rejects.toThrow(RangeError)
    await expect(log.page('room.')).rejects.toMatchObject({ code: 'invalid_subject' })
  })
})

describe('a loop', () => {
  it('goes backwards from the newest message, or forwards after a position', async () => {
    const { relay } = await openHistory(7)
    const log = history(relay.connect().client)
    for (const [options, expected] of [
      [{}, '6 5 4 3 2 1 0'],
      [{ after: 'start' }, '0 1 2 3 4 5 6'],
    ] as const)
      for (const limit of [1, 3, 7, 100]) {
        const seen = []
        for await (const message of log.read('room.*.msg', { ...options, limit })) seen.push(message)
        expect(texts(seen)).toBe(expected)
      }
  })
  it('reports forgotten messages', async () => {
    const { relay } = await openHistory(25)
    const seen: string[] = []
    const onGap = (): unknown => seen.push('gap')
    for await (const message of history(relay.connect().client).read('room.*.msg', { after: 'start', onGap }))
      seen.push(message.text())
    expect([seen[0], seen[1], seen.length]).toEqual(['gap', '5', 21])
  })
})

describe('a list', () => {
  it('has the newest page, older ones as they are loaded, and new messages', async () => {
    const { relay, say } = await openHistory(8)
    const room = history(relay.connect().client).watch('room.*.msg', { limit: 3 })
    expect([room.status, room.items]).toEqual(['loading', []])
    await say('new')
    expect([texts(room.items), room.hasMore, room.status]).toEqual(['5 6 7 new', true, 'ready'])
    const loading = [room.loadMore(), room.loadMore()]
    expect(room.isLoadingMore).toBe(true)
    await Promise.all(loading)
    expect([texts(room.items), room.hasMore, room.isLoadingMore]).toEqual(['2 3 4 5 6 7 new', true, false])
    await room.loadMore()
    expect([texts(room.items), room.hasMore]).toEqual(['0 1 2 3 4 5 6 7 new', false])
    await room.loadMore()
    expect(room.items).toHaveLength(9)
  })
  it('misses and repeats nothing after a lost session, also while a page is loading', async () => {
    const { relay, say } = await openHistory(8)
    const one = relay.connect()
    const room = history(one.client).watch('room.*.msg', { limit: 3 })
    await relay.pass(0)
    const loading = room.loadMore()
    one.isOffline = true
    one.cut()
    await say('missed')
    await relay.pass(untilExpired)
    expect(room.continuity).toBe('stale')
    one.isOffline = false
    await relay.pass(30_000)
    await loading
    expect([texts(room.items), room.continuity, room.error]).toEqual(['2 3 4 5 6 7 missed', 'live', undefined])
  })
  it('has no more after `stop`, and reports a refusal', async () => {
    const { relay, say } = await openHistory(3)
    const { client } = relay.connect()
    const room = history(client).watch('room.*.msg', { limit: 1 })
    const refused = history(client).watch('lamp.*')
    await relay.pass(0)
    const loading = room.loadMore()
    room.stop()
    await loading
    await say('late')
    expect([texts(room.items), room.error]).toEqual(['2', undefined])
    expect(refused.error).toMatchObject({ code: 'unsupported' })
  })
})
