import { describe, expect, test } from 'vitest'
import type { Message } from '../messages/message.js'
import { connect, start } from '../testing/connect.js'
import { settle } from '../testing/fake-clock.js'
import { message } from '../testing/message-frame.js'

const quiet = (): void => undefined

describe('listeners that join and leave', () => {
  test('the last one to leave causes an Unsubscribe a second later', async () => {
    const { client, relay, clock } = await connect()
    const undos = [client.subscribe('a', quiet), client.subscribe('a', quiet)]
    await settle()
    for (const undo of undos) undo()
    await clock.advance(999)
    expect(relay.link.all('Unsubscribe')).toEqual([])
    await clock.advance(1)
    expect(relay.link.all('Unsubscribe')).toMatchObject([{ id: 1 }])
  })
  test('a second call of an undo does nothing', async () => {
    const { client, relay, clock } = await connect()
    const undo = client.subscribe('a', quiet)
    client.subscribe('a', quiet)
    undo()
    undo()
    await clock.advance(2000)
    expect(relay.link.all('Unsubscribe')).toEqual([])
  })
  test('mounting twice, as StrictMode does, sends one Subscribe', async () => {
    const { client, relay, clock } = await connect()
    client.subscribe('a', quiet)()
    client.subscribe('a', quiet)
    await clock.advance(5000)
    expect(relay.link.sent.map(({ kind }) => kind)).toEqual(['Connect', 'Subscribe'])
  })
  test('one that joins and leaves while offline sends nothing', async () => {
    const { client, relay, clock } = start()
    client.subscribe('a', quiet)()
    expect(clock.timers).toBe(1) // the deadline of the attempt
    await settle()
    expect(relay.link.all('Subscribe')).toEqual([])
  })
  test('a member of a group unsubscribes at once', async () => {
    const { client, relay } = await connect()
    const undo = client.subscribe('a', quiet, { group: 'g' })
    await settle()
    undo()
    expect(relay.link.all('Unsubscribe')).toHaveLength(1)
  })
  test('one that leaves before the answer of the relay is unsubscribed after it', async () => {
    const { client, relay } = await connect()
    const undo = client.subscribe('a', quiet, { group: 'g' })
    undo()
    expect(relay.link.all('Unsubscribe')).toEqual([])
    await settle()
    expect(relay.link.all('Unsubscribe')).toHaveLength(1)
  })
  test('one that rejoins before the answer of the relay stays subscribed', async () => {
    const { client, relay } = await connect()
    client.subscribe('a', quiet, { group: 'g' })()
    const seen: Message[] = []
    client.subscribe('a', (got) => seen.push(got), { group: 'g' })
    await settle()
    relay.link.send(message(1, 'a'))
    expect(relay.link.sent.map(({ kind }) => kind)).toEqual(['Connect', 'Subscribe'])
    expect(seen).toHaveLength(1)
  })
  test('subscribe again after an Unsubscribed of the relay without an error', async () => {
    const { client, relay } = await connect()
    const gaps: unknown[] = []
    client.subscribe('a', quiet, { onGap: (gap) => gaps.push(gap) })
    await settle()
    relay.link.send({ kind: 'Unsubscribed', id: 1 })
    await settle()
    expect(relay.link.all('Subscribe')).toHaveLength(2)
    expect(gaps).toEqual([{}])
  })
  test('leave when a signal aborts, and never join with an aborted signal', async () => {
    const { client, relay, clock } = await connect()
    const abort = new AbortController()
    client.subscribe('a', quiet, { signal: abort.signal })
    client.subscribe('b', quiet, { signal: AbortSignal.abort() })
    await settle()
    abort.abort()
    await clock.advance(1000)
    expect(relay.link.all('Subscribe')).toHaveLength(1)
    expect(relay.link.all('Unsubscribe')).toHaveLength(1)
  })
})
