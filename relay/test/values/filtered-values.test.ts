import { createClient } from '@wildcast/client'
import { values, type WatchedValues } from '@wildcast/client/values'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { WebSocket } from 'ws'
import { seededRandom } from '../loss/random.js'
import { type Asker, openAsker } from './raw-client.js'
import { storesUnderTest } from './stores-under-test.js'

interface Task {
  readonly state: string
  readonly n: number
}

const parts = 6
const writesOfPart = 60

/** Writes random states of tasks, and deletes some. A write may fail while a link is cut. */
async function write(writer: Asker, random: () => number): Promise<void> {
  for (let n = 0; n < writesOfPart; n++) {
    const subject = `v.${Math.floor(random() * 12)}`
    const state = random() < 0.5 ? 'open' : 'done'
    const message = random() < 0.15 ? '' : JSON.stringify({ state, n })
    await writer.ask('Publish', { subject, message, retain: true })
  }
}

const shown = (watched: WatchedValues<Task>): object =>
  Object.fromEntries(
    [...watched.all]
      .filter(([, { data }]) => data.state === 'open')
      .map(([subject, { data, revision }]) => [subject, data.n, revision] as const)
      .sort()
      .map(([subject, ...rest]) => [subject, rest]),
  )

describe('the values of a filter', () => {
  it.each(Object.entries(storesUnderTest))(
    '%s are those of all that match, for readers that join among the writes',
    { timeout: 240_000 },
    async (_, open) => {
      const { urls, disturb } = await open()
      const random = seededRandom(7)
      const url = (i: number): string => urls[i % urls.length] as string
      const watch = (i: number, filter?: { state: string }): WatchedValues<Task> => {
        const client = createClient({ url: url(i), WebSocket, onError: () => {} })
        onTestFinished(() => client.close())
        return values(client).watch<Task>('v.*', { filter })
      }
      const writers = await Promise.all([0, 1, 2].map((i) => openAsker(url(i))))
      const readers: WatchedValues<Task>[] = []
      for (let part = 0; part < parts; part++) {
        const writing = writers.map((writer) => write(writer, random))
        for (let i = 0; i < 4; i++) readers.push(watch(i, { state: 'open' }))
        await readers.at(-1)?.synced
        await Promise.all([...writing, disturb?.()])
      }
      const all = watch(0)
      const truth = async (): Promise<object> => {
        await vi.waitFor(() => expect(all.status).toBe('synced'), { timeout: 60_000 })
        return shown(all)
      }
      await vi.waitFor(
        async () => {
          const expected = await truth()
          for (const { status } of readers) expect(status).toBe('synced')
          for (const reader of readers) {
            expect(shown(reader)).toEqual(expected)
            expect(reader.all.size).toBe(Object.keys(expected).length)
          }
        },
        { timeout: 120_000, interval: 50 },
      )
      expect(Object.keys(await truth()).length).toBeGreaterThan(0)
    },
  )
})
