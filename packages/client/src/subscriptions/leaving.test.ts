import { createTestRelay } from '@wildcast/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Message } from '../messages/message.js'
import { tested } from '../testing/tested.js'

const quiet = (): void => undefined

describe('listeners that join and leave', () => {
  test('the last one to leave causes an Unsubscribe a second later', async () => {
    const { client, relay, clock } = await tested()
    const undos = [client.subscribe('a', quiet), client.subscribe('a', quiet)]
    await relay.settled()
    for (const undo of undos) undo()
    await clock.advance(999)
    expect(relay.frames('Unsubscribe')).toEqual([])
    await clock.advance(1)
    expect(relay.frames('Unsubscribe')).toHaveLength(1)
  })
  test('a second call of an undo does nothing', async () => {
    const { client, relay, clock } = await tested()
    const undo = client.subscribe('a', quiet)
    client.subscribe('a', quiet)
    undo()
    undo()
    await clock.advance(2000)
    expect(relay.frames('Unsubscribe')).toEqual([])
  })
  test('mounting twice, as StrictMode does, sends one Subscribe', async () => {
    const { client, relay, clock } = await tested()
    client.subscribe('a', quiet)()
    client.subscribe('a', quiet)
    await clock.advance(5000)
    expect([relay.frames('Subscribe').length, relay.frames('Unsubscribe').length]).toEqual([1, 0])
  })
  test('one that joins and leaves while offline sends nothing', async () => {
    const relay = await createTestRelay()
    onTestFinished(() => relay.close())
    const client = relay.createClient()
    client.subscribe('a', quiet)()
    await relay.clock.advance(5000)
    expect(client.status.state).toBe('online')
    expect(relay.frames('Subscribe')).toEqual([])
  })
  test('a member of a group unsubscribes at once', async () => {
    const { client, relay } = await tested()
    const undo = client.subscribe('a', quiet, { group: 'g' })
    await relay.settled()
    undo()
    await relay.settled()
    expect(relay.frames('Unsubscribe')).toHaveLength(1)
  })
  test('one that leaves before the answer of the relay is unsubscribed after it', async () => {
    const { client, relay } = await tested()
    const undo = client.subscribe('a', quiet, { group: 'g' })
    undo()
    expect(relay.frames('Unsubscribe')).toEqual([])
    await relay.settled()
    expect(relay.frames('Unsubscribe')).toHaveLength(1)
  })
  test('one that rejoins before the answer of the relay stays subscribed', async () => {
    const { client, relay } = await tested()
    client.subscribe('a', quiet, { group: 'g' })()
    const seen: Message[] = []
    client.subscribe('a', (got) => seen.push(got), { group: 'g' })
    await relay.settled()
    await relay.publish('a', '')
    expect([relay.frames('Subscribe').length, relay.frames('Unsubscribe').length]).toEqual([1, 0])
    expect(seen).toHaveLength(1)
  })
  test('leave when a signal aborts, and never join with an aborted signal', async () => {
    const { client, relay, clock } = await tested()
    const abort = new AbortController()
    client.subscribe('a', quiet, { signal: abort.signal })
    client.subscribe('b', quiet, { signal: AbortSignal.abort() })
    await relay.settled()
    abort.abort()
    await clock.advance(1000)
    expect(relay.frames('Subscribe')).toHaveLength(1)
    expect(relay.frames('Unsubscribe')).toHaveLength(1)
  })
})
