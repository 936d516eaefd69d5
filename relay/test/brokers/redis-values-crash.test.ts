import { WildcastError } from '@wildcast/protocol'
import { expect, it } from 'vitest'
import type { Broker } from '../../src/core/broker.js'
import { read, revisionOfWrite } from '../../src/testing/store-under-test.js'
import { endsWithTest } from '../servers/ends-with-test.js'
import { startRedis } from '../servers/redis.js'
import { text } from './link.js'
import { listen, open } from './redis-link.js'

const kills = 5
const writers = 8

/** Counts in one value, each number on the revision of the one before it. */
class Writer {
  readonly #broker: Broker
  readonly #subject: string
  /** The last number that was acknowledged. */
  acknowledged = 0
  #revision: string | null = null
  revisions: string[] = []

  constructor(broker: Broker, subject: string) {
    this.#broker = broker
    this.#subject = subject
  }

  async run(isOver: () => boolean, acknowledged: () => void): Promise<void> {
    while (!isOver()) {
      const next = this.acknowledged + 1
      try {
        const given = { ifRevision: this.#revision }
        this.#take(next, await revisionOfWrite(this.#broker, this.#subject, `${next}`, given))
        acknowledged()
      } catch (cause) {
        if (WildcastError.from(cause).code !== 'interrupted') throw cause
        await this.#recover()
      }
    }
  }

  /** Reads whether a write whose outcome is unknown was stored. Nothing else may have changed. */
  async #recover(): Promise<void> {
    for (;;)
      try {
        const value = await read(this.#broker, this.#subject)
        const stored = value ? Number(text({ ...value })) : 0
        expect([this.acknowledged, this.acknowledged + 1]).toContain(stored)
        if (stored === this.acknowledged) expect(value?.revision ?? null).toBe(this.#revision)
        else this.#take(stored, value?.revision as string)
        return
      } catch (cause) {
        if (!['interrupted', 'broker_down'].includes(WildcastError.from(cause).code)) throw cause
        await new Promise((resolve) => setImmediate(resolve))
      }
  }

  #take(number: number, revision: string): void {
    this.acknowledged = number
    this.#revision = revision
    this.revisions.push(revision)
  }
}

it(`a Redis with an append-only file loses no acknowledged write when it is killed ${kills} times`, async () => {
  const own = endsWithTest(await startRedis({ args: ['--appendonly', 'yes', '--appendfsync', 'always'] }))
  const relays = [0, 1].map(() => open({ url: own.url, publishTimeoutMs: 60_000 }))
  const links = await Promise.all(relays)
  const inbox = await listen((links[0] as (typeof links)[number]).broker, 'count.*')
  const counters = Array.from({ length: writers }, (_, i) => {
    const link = links[i % links.length] as (typeof links)[number]
    return new Writer(link.broker, `count.${i}`)
  })
  let done = 0
  let isOver = false
  const running = Promise.all(
    counters.map((counter) =>
      counter.run(
        () => isOver,
        () => void done++,
      ),
    ),
  )
  for (let kill = 1; kill <= kills; kill++) {
    const until = done + 1 + Math.floor(Math.random() * 300)
    await Promise.race([running, expect.poll(() => done, { interval: 1 }).toBeGreaterThanOrEqual(until)])
    await own.kill()
    await own.restart()
  }
  const until = done + 100
  await Promise.race([running, expect.poll(() => done).toBeGreaterThanOrEqual(until)])
  isOver = true
  await running
  for (const [i, { acknowledged, revisions }] of counters.entries()) {
    const value = await read((links[0] as (typeof links)[number]).broker, `count.${i}`)
    expect(value && text({ ...value })).toBe(`${acknowledged}`)
    expect(revisions).toEqual([...new Set(revisions)].sort())
  }
  const all = counters.flatMap(({ revisions }) => revisions)
  expect(new Set(all).size).toBe(all.length)
  const seen = inbox.messages.map(({ revision }) => revision ?? '')
  expect(seen).toEqual([...new Set(seen)].sort())
})
