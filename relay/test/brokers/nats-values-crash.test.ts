import { expect, it } from 'vitest'
import type { Broker } from '../../src/core/broker.js'
import { endsWithTest } from '../servers/ends-with-test.js'
import { startNats } from '../servers/nats.js'
import { kills, longestKillsMs, survivesKills } from './kills.js'
import { natsLink } from './nats-link.js'

it(`a NATS server loses no acknowledged write when it is killed ${kills} times`, {
  timeout: longestKillsMs,
}, async () => {
  const own = endsWithTest(await startNats({ jetstream: true }))
  const relay = async (): Promise<Broker> => (await natsLink(own, { publishTimeoutMs: 60_000 })).broker
  const changes = await survivesKills(own, [await relay(), await relay()])
  const bySubject = new Map<string, string[]>()
  for (const [subject, revision] of changes) bySubject.set(subject, [...(bySubject.get(subject) ?? []), revision])
  for (const seen of bySubject.values()) expect(seen).toEqual([...new Set(seen)].sort())
})
