import { parsePattern } from '@wildcast/protocol'
import { describe, expect, it } from 'vitest'
import { nats, newId, type OpenBroker, realClock, redis } from '../../src/index.js'
import { keepingBroker } from '../keeping-broker.js'
import { endsWithTest } from '../servers/ends-with-test.js'
import { startNats } from '../servers/nats.js'
import { startRedis } from '../servers/redis.js'
import { actions } from './actions.js'
import { type NamespaceName, namespacedRelay, namespaces, otherOf } from './namespaced-relay.js'
import { type ObserverName, observers, type Seen } from './observers.js'

const kept = [{ subjects: parsePattern('room.msg'), messages: 10 }]

/** Brokers of two namespaces; those outside the process are on one server. */
const kinds: Readonly<Record<string, () => Promise<Readonly<Record<NamespaceName, OpenBroker>>>>> = {
  async Redis() {
    const { url } = endsWithTest(await startRedis())
    const open = (prefix: string): OpenBroker => redis({ url, prefix, history: kept }, { clock: realClock, newId })
    return { shop: open('shop:'), blog: open('blog:') }
  },
  async NATS() {
    const { url } = endsWithTest(await startNats({ jetstream: true }))
    const open = (prefix: string): OpenBroker =>
      nats({ addresses: [url], prefix, history: kept }, { clock: realClock, newId })
    return { shop: open('shop'), blog: open('blog') }
  },
  async memory() {
    const open = (): OpenBroker => keepingBroker([{ subjects: 'room.msg', messages: 10 }])
    return { shop: open(), blog: open() }
  },
}

const markOf = (name: NamespaceName): string => `done-in-${name}`

describe.each(Object.entries(kinds))('two namespaces on %s', (_, open) => {
  it.each(Object.entries(actions))('%s of one is seen in it, and not in the other', async (_name, { act, seenBy }) => {
    const relay = await namespacedRelay(await open())
    const seenIn = {} as Record<NamespaceName, Map<string, Seen>>
    for (const name of namespaces) {
      const all = Object.entries(observers).map(async ([who, observe]) => [who, await observe(relay[name])] as const)
      seenIn[name] = new Map(await Promise.all(all))
    }
    for (const name of ['blog', 'shop'] as const) await act(relay[name], markOf(name))
    for (const name of namespaces)
      for (const who of seenBy)
        await expect
          .poll(async () => seenIn[name].get(who)?.(), { timeout: 30_000, message: `${who} of ${name}` })
          .toContain(markOf(name))
    for (const name of namespaces)
      for (const [who, seen] of seenIn[name])
        expect(await seen(), `${who} of ${name}`).not.toContain(markOf(otherOf(name)))
  })
})

it('is a matrix in which each observer sees an action', () => {
  const seeing = new Set<string>(Object.values(actions).flatMap(({ seenBy }) => seenBy))
  expect((Object.keys(observers) as ObserverName[]).filter((who) => !seeing.has(who))).toEqual([])
})
