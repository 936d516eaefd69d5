import { parsePattern } from '@wildcast/protocol'
import { describe, expect, it, onTestFinished } from 'vitest'
import { mqtt, nats, newId, type OpenBroker, realClock, redis } from '../../src/index.js'
import { keepingBroker } from '../keeping-broker.js'
import { endsWithTest } from '../servers/ends-with-test.js'
import { startMosquitto } from '../servers/mosquitto.js'
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
  async MQTT() {
    const { url, kill } = await startMosquitto()
    onTestFinished(kill)
    const open = (prefix: string): OpenBroker => mqtt({ address: url, prefix }, { clock: realClock, newId })
    return { shop: open('shop'), blog: open('blog') }
  },
  async memory() {
    const open = (): OpenBroker => keepingBroker([{ subjects: 'room.msg', messages: 10 }])
    return { shop: open(), blog: open() }
  },
}

/** The actions and observers that a kind refuses to all clients. */
const lacking: Readonly<Record<string, readonly string[]>> = {
  MQTT: [
    ...['a kept message', 'POST /history', 'a reader of kept messages', 'GET /history'],
    ...['the first value of a subject', 'a lock', 'a will', 'a member', 'a watcher of members'],
  ],
}

const markOf = (name: NamespaceName): string => `done-in-${name}`

describe.each(Object.entries(kinds))('two namespaces on %s', (kind, open) => {
  const has = ([name]: readonly [string, unknown]): boolean => !lacking[kind]?.includes(name)
  it.each(Object.entries(actions).filter(has))(
    '%s of one is seen in it, and not in the other',
    async (_name, { act, seenBy }) => {
      const relay = await namespacedRelay(await open())
      const seenIn = {} as Record<NamespaceName, Map<string, Seen>>
      for (const name of namespaces) {
        const all = Object.entries(observers)
          .filter(has)
          .map(async ([who, observe]) => [who, await observe(relay[name])] as const)
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
    },
  )
})

it('is a matrix in which each observer sees an action', () => {
  const seeing = new Set<string>(Object.values(actions).flatMap(({ seenBy }) => seenBy))
  expect((Object.keys(observers) as ObserverName[]).filter((who) => !seeing.has(who))).toEqual([])
})
