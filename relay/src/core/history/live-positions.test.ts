import { parsePattern } from '@wildcast/protocol'
import { expect, it } from 'vitest'
import { HistoryRules } from '../history-rules.js'
import type { HistoryState, HistoryStore } from '../history-store.js'
import { noPosition } from '../position.js'
import { revisionOf } from '../revision.js'
import { LivePositions } from './live-positions.js'

const at = (count: number): string => revisionOf('0tpbdv2uei', count)

/** Positions of a store that answers when `answer` is called. */
function opened(): { positions: LivePositions; answer(newest: string): void } {
  const answers: ((newest: string) => void)[] = []
  const unused = (): never => {
    throw new Error('unused')
  }
  const store: HistoryStore = {
    rules: new HistoryRules([]),
    append: unused,
    historyPage: unused,
    historyState: () =>
      new Promise<HistoryState & { isKnown: boolean }>((resolve) =>
        answers.push((newest) => resolve({ newest, forgotten: noPosition, isKnown: true })),
      ),
  }
  return { positions: new LivePositions(store, parsePattern('a')), answer: (newest) => answers.shift()?.(newest) }
}

it('know a message that was delivered before the answer of the store came', async () => {
  const { positions, answer } = opened()
  const known = positions.known()
  positions.observe(at(8))
  answer(at(7))
  await known
  expect(positions.newest).toBe(at(8))
  positions.observe(at(9))
  expect(positions.newest).toBe(at(9))
})

it('have the answer of the store, though older messages are still on their way', async () => {
  const { positions, answer } = opened()
  const known = positions.known()
  positions.observe(at(5))
  answer(at(7))
  await known
  positions.observe(at(6))
  expect(positions.newest).toBe(at(7))
})

it('forget what came before a loss', async () => {
  const { positions, answer } = opened()
  const early = positions.known()
  positions.observe(at(8))
  positions.lost()
  const known = positions.known()
  answer(at(8))
  await early
  expect(positions.newest).toBeUndefined()
  answer(at(7))
  await known
  expect(positions.newest).toBe(at(7))
})
