import { WildcastError } from '@wildcast/protocol'
import { expect } from 'vitest'
import type { Broker } from '../../src/core/broker.js'
import { listen } from '../../src/testing/broker-under-test.js'
import { read, write } from '../../src/testing/store-under-test.js'
import type { Program } from '../servers/program.js'
import { text } from './link.js'

/** With `WILDCAST_LONG=1` a server is killed 200 times. */
export const kills: number = process.env.WILDCAST_LONG ? 200 : 5
/** Only ends a test that hangs. */
export const longestKillsMs: number = 120_000 + kills * 30_000
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
        const written = await write(this.#broker, this.#subject, `${next}`, { ifRevision: this.#revision })
        if (written.kind !== 'written') throw new Error(`${this.#subject}: ${next} was ${written.kind}`)
        this.#take(next, written.revision ?? '')
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

/**
 * Writes over two relays while the server is killed. Checks that no acknowledged write is lost.
 * Resolves with the changes that a subscriber has received: subjects and revisions.
 */
export async function survivesKills(
  server: Program,
  relays: readonly [Broker, Broker],
): Promise<readonly (readonly [subject: string, revision: string])[]> {
  const inbox = await listen(relays[0], 'count.*')
  const counters = Array.from({ length: writers }, (_, i) => new Writer(relays[i % 2] as Broker, `count.${i}`))
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
    await server.kill()
    await server.restart()
  }
  const until = done + 100
  await Promise.race([running, expect.poll(() => done).toBeGreaterThanOrEqual(until)])
  isOver = true
  await running
  for (const [i, { acknowledged, revisions }] of counters.entries()) {
    const value = await read(relays[0], `count.${i}`)
    expect(value && text({ ...value })).toBe(`${acknowledged}`)
    expect(revisions).toEqual([...new Set(revisions)].sort())
  }
  const all = counters.flatMap(({ revisions }) => revisions)
  expect(new Set(all).size).toBe(all.length)
  return inbox.messages.map(({ subject, revision = '' }) => [subject, revision])
}
