import type { SubscribeOptions } from '@wildcast/client'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type RecordedFeed, record, sdkRules } from './sdk-recorder.js'
import { sdkRelay } from './sdk-relay.js'

const pattern = 'room.*.msg'
interface RandomFeed extends RecordedFeed {
  readonly options: SubscribeOptions | undefined
}

/** The actions of a run, by weight. The reader is `away` until `back`: its session may expire. */
const action = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('publish' as const), count: fc.integer({ min: 1, max: 4 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('publish' as const), count: fc.integer({ min: 18, max: 30 }) }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constantFrom('cut', 'away', 'back', 'restart', 'down', 'up', 'subscribe', 'leave', 'turn' as const),
      count: fc.nat(3),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('pass' as const), count: fc.constantFrom(1, 500, 70_000) }) },
)

it('each message is received once and in order, or a gap is reported before the next one', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 25 }), async (actions) => {
      const relay = await sdkRelay(sdkRules)
      const [writer, one] = [relay.connect(), relay.connect()]
      const wanted: (SubscribeOptions | undefined)[] = [undefined, { after: 'start' }, { last: 3 }, undefined]
      const join = (count: number): RandomFeed => ({ ...record(one, pattern, wanted[count]), options: wanted[count] })
      const feeds = [join(0)]
      const leaving: (() => void)[] = []
      let published = 0
      const publish = (count: number): void => {
        // Each subject is forgotten separately: an even number is of the first one.
        for (let i = 0; i < count; i++) void writer.client.publish(`room.${++published % 2}.msg`, `${published}`)
      }
      await relay.pass(1_000)
      for (const { kind, count } of actions) {
        if (kind === 'publish') publish(count)
        else if (kind === 'pass') await relay.pass(count)
        else if (kind === 'turn') await relay.turn()
        else if (kind === 'cut') one.cut()
        else if (kind === 'restart') await relay.restart()
        else if (kind === 'down' || kind === 'up') relay.link(kind)
        else if (kind === 'subscribe') feeds.push(join(count))
        else if (kind === 'leave') {
          const other = record(one, pattern, wanted[count])
          leaving.push(other.stop)
          leaving.shift()?.()
        } else {
          one.isOffline = kind === 'away'
          if (kind === 'away') one.cut()
        }
      }
      one.isOffline = false
      relay.link('up')
      await relay.pass(90_000)
      publish(1)
      await relay.pass(1_000)
      for (const { seen, positions, options } of feeds) {
        expect(positions).toEqual([...new Set(positions)].sort())
        const isGap = (text: string | undefined): boolean => text === 'gap'
        const events = seen.filter((text) => isGap(text) || /^\d/.test(text))
        expect(Number.parseInt(events.at(-1) ?? '', 10)).toBe(published)
        if (options?.after) expect(['1', '1!', 'gap']).toContain(events[0])
        for (const subject of [0, 1]) {
          const own = events.filter((text) => isGap(text) || Number.parseInt(text, 10) % 2 === subject)
          for (const [n, text] of own.entries()) {
            const before = own[n - 1]
            if (before === undefined || isGap(text) || isGap(before)) continue
            expect(Number.parseInt(text, 10)).toBe(Number.parseInt(before, 10) + 2)
          }
        }
      }
      expect(one.errors.filter((error) => error !== 'transport interrupted')).toEqual([])
      one.client.close()
      writer.client.close()
    }),
    { numRuns: process.env.WILDCAST_LONG === '1' ? 20_000 : 500 },
  )
})
