import { matches, parsePattern, parseSubject } from '@wildcast/protocol'
import fc from 'fast-check'
import { beforeAll, beforeEach, expect, it } from 'vitest'
import type { Broker } from '../../src/core/broker.js'
import type { HistoryPage } from '../../src/core/history-store.js'
import { noPosition } from '../../src/core/position.js'
import { append, payloadsOfHistory, readHistory, rule } from '../../src/testing/history-under-test.js'
import { historyOf } from '../../src/testing/store-under-test.js'
import { type Redis, startRedis } from '../servers/redis.js'
import { text } from './link.js'
import { open } from './redis-link.js'
import { emptied } from './redis-store.js'

let server: Redis

beforeAll(async () => {
  server = await startRedis()
  return server.stop
})
beforeEach(() => emptied(server))

/** The messages of each subject that are kept. */
const messages = 3

const relay = async (): Promise<Broker> =>
  (await open({ url: server.url, history: [rule('a.**', { messages }), rule('b.**', { messages })] })).broker

interface Sent {
  readonly subject: string
  readonly position: string
  readonly payload: string
}

/** Returns the messages that must be kept of those sent, and the last that was forgotten. */
function model(sent: readonly Sent[], pattern: string): { readonly kept: readonly Sent[]; readonly forgotten: string } {
  const of = sent.filter(({ subject }) => matches(parsePattern(pattern), parseSubject(subject)))
  const isKept = ({ subject }: Sent, i: number): boolean =>
    of.slice(i + 1).filter((later) => later.subject === subject).length < messages
  const last = of.filter((message, i) => !isKept(message, i)).at(-1)
  return { kept: of.filter(isKept), forgotten: last?.position ?? noPosition }
}

const patterns = ['**', 'a.**', '*.1', 'b.*', 'a.7', 'b.2.x', '*.*.x', 'a.*.*', 'a.none']
const subjects = fc.tuple(fc.constantFrom('a', 'b'), fc.nat(40), fc.constantFrom('', '.x')).map((parts) => {
  const [first, number, last] = parts
  return `${first}.${number}${last}`
})

it('have what a model has, for any pattern and bounds, from few logs and from many', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(subjects, { minLength: 1, maxLength: 150 }),
      fc.record({
        size: fc.integer({ min: 1, max: 40 }),
        from: fc.nat(160),
        to: fc.nat(160),
        newestFirst: fc.boolean(),
      }),
      async (all, { size, from, to, newestFirst }) => {
        await emptied(server)
        const broker = await relay()
        const payloads = all.map((_, i) => `${i}`)
        const positions = await Promise.all(all.map((subject, i) => append(broker, subject, payloads[i] as string)))
        await historyOf(broker).forget?.() // an append may leave more than the rule
        const sent = all.map((subject, i) => ({ subject, position: positions[i] as string, payload: `${i}` }))
        const [after, before] = [positions[from], positions[to]]
        for (const pattern of patterns) {
          const { kept, forgotten } = model(sent, pattern)
          const within = kept.filter(({ position }) => position > (after ?? '') && (!before || position < before))
          const expected = newestFirst ? within.reverse() : within
          const bounds = { newestFirst, messages: size, ...(after && { after }), ...(before && { before }) }
          const pages = await readHistory(broker, pattern, bounds)
          expect(pages.every((page) => page.length <= size)).toBe(true)
          const found = pages.flat().map((message) => ({ ...message, payload: text({ ...message }) }))
          expect(found).toEqual(expected)
          expect((await historyOf(broker).historyState(parsePattern(pattern), noPosition)).forgotten).toBe(forgotten)
        }
        await broker.close()
      },
    ),
    { numRuns: 25 },
  )
})

it('look at a bounded number of subjects and messages at a time', async () => {
  const broker = await relay()
  const numbers = Array.from({ length: 1200 }, (_, i) => i)
  await Promise.all(numbers.map((i) => append(broker, `a.${i}`, `${i}`)))
  const last = await append(broker, 'b.x', 'end')
  const page = (after?: string): Promise<HistoryPage> | HistoryPage =>
    historyOf(broker).historyPage(parsePattern('*.x'), { after, messages: 10, bytes: 1000 })
  const first = await page()
  expect([first.messages, first.next !== undefined]).toEqual([[], true])
  expect((await page(first.next)).next).toBeDefined()
  expect(await payloadsOfHistory(broker, '*.x')).toEqual(['end'])
  expect(await payloadsOfHistory(broker, '*.x', { newestFirst: true, messages: 1 })).toEqual(['end'])
  expect(await payloadsOfHistory(broker, '**')).toEqual([...numbers.map((i) => `${i}`), 'end'])
  const forgotten = async (pattern: string): Promise<string> =>
    (await historyOf(broker).historyState(parsePattern(pattern), last)).forgotten
  expect(await forgotten('**')).toBe(noPosition)
  const [oldest] = (await readHistory(broker, 'a.5')).flat()
  for (let i = 0; i < messages; i++) await append(broker, 'a.5', 'again')
  // Of more than 500 subjects only the greatest floor is known.
  expect([await forgotten('a.*'), await forgotten('a.5'), await forgotten('a.6')]).toEqual([
    oldest?.position,
    oldest?.position,
    noPosition,
  ])
  expect(await forgotten('b.*')).toBe(noPosition)
})
