import type { Client, WildcastError } from '@wildcast/client'
import { elect, lock } from '@wildcast/client/locks'
import { msgpack } from '@wildcast/client/msgpack'
import { presence } from '@wildcast/client/presence'
import { stream } from '@wildcast/client/stream'
import { values, type WatchedValues } from '@wildcast/client/values'
import { describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { fakeClock } from '../src/testing/fake-clock.js'
import { clientOf, type TestedClient } from './client-of.js'
import { type StartedRelay, startRelay } from './start-relay.js'

// The entries for values, locks and presence with the relay, over real sockets and in its process.

const speaking: [string, TestedClient][] = [
  ['JSON', {}],
  ['MessagePack', { codec: msgpack }],
  ['plain HTTP', { transport: stream }],
  ['no socket, in its process', { inProcess: true }],
]

interface Connected {
  readonly client: Client
  readonly errors: WildcastError[]
  /** Breaks the connections, as a lost network does. */
  cut(): void
  /** Breaks the connections for good. */
  vanish(): void
}

function connect(relay: StartedRelay, options: TestedClient = {}): Connected {
  const sockets: WebSocket[] = []
  let isGone = false
  class CutSocket extends WebSocket {
    constructor(url: string, protocols?: string | string[]) {
      super(isGone ? 'ws://127.0.0.1:1' : url, protocols)
      sockets.push(this)
    }
  }
  const errors: WildcastError[] = []
  const onError = (error: WildcastError): void => void errors.push(error)
  const client = clientOf(relay, { WebSocket: CutSocket, onError, ...options })
  const cut = (): void => {
    for (const socket of sockets.splice(0)) socket.terminate()
  }
  return {
    client,
    errors,
    cut,
    vanish() {
      isGone = true
      cut()
    },
  }
}

const shown = (watched: WatchedValues): Record<string, unknown> =>
  Object.fromEntries([...watched.all].map(([subject, { data }]) => [subject, data]))
const until = (check: () => unknown): Promise<void> =>
  vi.waitFor(async () => expect(await check()).toBe(true), { timeout: 60_000, interval: 5 })

describe.each(speaking)('the SDK over %s', (_, options) => {
  it('sets, reads and deletes values, on conditions', async () => {
    const { client } = connect(await startRelay(), options)
    const store = values(client)
    const { revision = '' } = await store.set('good.apple', { price: 3, kind: 'fruit' }, { when: null })
    expect(await store.get('good.apple')).toMatchObject({ data: { price: 3 }, revision, deleted: false })
    await expect(store.set('good.apple', 1, { when: null })).rejects.toMatchObject({
      code: 'condition_failed',
      revision,
    })
    await store.set('good.apple', { price: 4, kind: 'fruit' }, { when: { kind: 'fruit' } })
    await expect(store.delete('good.apple', { whenRevision: revision })).rejects.toMatchObject({
      code: 'condition_failed',
    })
    await store.delete('good.apple')
    expect(await store.get('good.apple')).toBe(undefined)
    const bytes = Uint8Array.of(0, 255, 1)
    await store.set('bytes', bytes, { headers: { type: 'x' } })
    const found = await store.get('bytes')
    expect(found?.bytes).toEqual(bytes)
    expect(found?.headers).toEqual(new Map([['type', 'x']]))
  })

  it('watches a pattern that others write meanwhile, and misses nothing', async () => {
    const relay = await startRelay()
    const [writer, reader] = [connect(relay, options), connect(relay, options)]
    const store = values(writer.client)
    const names = Array.from({ length: 300 }, (_, i) => `n.${i}`)
    await Promise.all(names.map((name) => store.set(name, 0)))
    const watched = values(reader.client).watch<number>('n.*')
    const seen = new Map<string, number>()
    const back: string[] = []
    watched.onChange(() => {
      for (const [subject, { data }] of watched.all) {
        if (data < (seen.get(subject) ?? 0)) back.push(subject)
        seen.set(subject, data)
      }
    })
    for (let round = 1; round <= 5; round++) await Promise.all(names.map((name) => store.set(name, round)))
    await Promise.all(names.slice(0, 100).map((name) => store.delete(name)))
    await watched.synced
    await until(() => watched.all.size === 200 && [...watched.all.values()].every(({ data }) => data === 5))
    expect(back).toEqual([])
    expect(reader.errors).toEqual([])
  })

  it('passes a lock on when it is released, and when its holder closes', async () => {
    const relay = await startRelay()
    const [ada, bob, eve] = [connect(relay, options), connect(relay, options), connect(relay, options)]
    const first = await lock(ada.client, 'doc.42', { data: { name: 'Ada' } })
    expect((await values(bob.client).get('doc.42'))?.data).toEqual({ name: 'Ada' })
    await expect(lock(bob.client, 'doc.42', { timeoutMs: 0 })).rejects.toMatchObject({ code: 'condition_failed' })
    await expect(lock(bob.client, 'doc.42', { timeoutMs: 20 })).rejects.toMatchObject({ code: 'timeout' })
    const controller = new AbortController()
    const aborted = lock(bob.client, 'doc.42', { signal: controller.signal })
    controller.abort(new Error('enough'))
    await expect(aborted).rejects.toThrow('enough')
    const next = lock(bob.client, 'doc.42')
    await first.release()
    const second = await next
    expect(second.token > first.token).toBe(true)
    const last = lock(eve.client, 'doc.42')
    bob.client.close()
    expect((await last).token > second.token).toBe(true)
    expect(second.lost.aborted).toBe(true)
    expect(first.lost.aborted).toBe(false)
  })

  it('has one leader, and another one when that closes', async () => {
    const relay = await startRelay()
    const clients = [connect(relay, options), connect(relay, options), connect(relay, options)]
    const elections = clients.map(({ client }) => elect(client, 'leader'))
    const leaders = (): number[] => elections.flatMap(({ isLeader }, i) => (isLeader ? [i] : []))
    await until(() => leaders().length === 1)
    const [first = 0] = leaders()
    clients[first]?.client.close()
    await until(() => leaders().length === 1 && leaders()[0] !== first)
    expect(elections.map(({ error }) => error?.code).filter((code) => code && code !== 'interrupted')).toEqual([])
  })

  it('shows who enters, changes and leaves', async () => {
    const relay = await startRelay()
    const [ada, bob] = [connect(relay, options), connect(relay, options)]
    const [mine, theirs] = [presence<{ at: number }>(ada.client, 'room.42'), presence(bob.client, 'room.42')]
    await mine.enter({ at: 1 })
    await until(() => theirs.members.length === 1)
    expect(theirs.members).toMatchObject([{ user: undefined, data: { at: 1 }, connections: 1, isSelf: false }])
    expect(mine.members).toMatchObject([{ isSelf: true }])
    await mine.update({ at: 2 })
    await theirs.enter()
    await until(() => theirs.members.length === 2)
    expect(theirs.members.map(({ data, isSelf }) => ({ data, isSelf }))).toEqual(
      expect.arrayContaining([
        { data: { at: 2 }, isSelf: false },
        { data: {}, isSelf: true },
      ]),
    )
    await mine.leave()
    await until(() => theirs.members.length === 1)
    await mine.enter({ at: 3 })
    await until(() => theirs.members.length === 2)
    ada.client.close()
    await until(() => theirs.members.length === 1)
    expect(theirs.members).toMatchObject([{ isSelf: true }])
  })
})

it('a connection that breaks and resumes keeps locks and places, and the values are complete', async () => {
  const relay = await startRelay()
  const [ada, bob] = [connect(relay), connect(relay)]
  const room = presence(ada.client, 'room.42')
  await room.enter()
  const held = await lock(ada.client, 'doc.42')
  const watched = values(ada.client).watch('n.*')
  await watched.synced
  const gone: number[] = []
  const seen = presence(bob.client, 'room.42')
  seen.onChange(() => seen.status === 'synced' && seen.members.length === 0 && gone.push(1))
  for (let round = 0; round < 3; round++) {
    ada.cut()
    await values(bob.client).set(`n.${round}`, round)
    ada.client.reconnect()
    await until(() => watched.status === 'synced' && watched.all.size === round + 1)
  }
  expect(shown(watched)).toEqual({ 'n.0': 0, 'n.1': 1, 'n.2': 2 })
  expect(held.lost.aborted).toBe(false)
  expect(room.members).toHaveLength(1)
  expect(gone).toEqual([])
})

it('the lock of a client that is gone is free 10 s later, and its place empty', async () => {
  const clock = fakeClock()
  const relay = await startRelay({ clock })
  const [ada, bob] = [connect(relay), connect(relay)]
  await lock(ada.client, 'doc.42')
  await presence(ada.client, 'room.42').enter()
  const room = presence(bob.client, 'room.42')
  await until(() => room.members.length === 1)
  const next = lock(bob.client, 'doc.42')
  ada.vanish()
  let isGranted = false
  void next.then(() => {
    isGranted = true
  })
  await values(bob.client).get('doc.42')
  expect({ isGranted, members: room.members.length }).toEqual({ isGranted: false, members: 1 })
  await clock.advance(10_000)
  await next
  await until(() => room.members.length === 0)
})
