import { type Clock, realClock } from '../../core/clock.js'
import type { Answer, Query } from '../admin/queries.js'
import type { WorkerSlot } from './worker-slot.js'

type Slot = Pick<WorkerSlot, 'send'>

/** Queries of operators to all relays. */
export interface WorkerQueries {
  /** Asks all slots. Resolves with the answers that come in time. */
  collect(query: Query, slots: readonly Slot[]): Promise<readonly Answer[]>
  received(number: number, answer: Answer): void
}

/** How long it waits for an answer, in milliseconds. */
const patienceMs = 2000

export function workerQueries(clock: Pick<Clock, 'after'> = realClock): WorkerQueries {
  const waiting = new Map<number, (answer: Answer | undefined) => void>()
  let last = 0

  function ask(query: Query, slot: Slot): Promise<Answer | undefined> {
    const number = ++last
    return new Promise((resolve) => {
      const end = (answer: Answer | undefined): void => {
        stopClock()
        waiting.delete(number)
        resolve(answer)
      }
      const stopClock = clock.after(patienceMs, () => end(undefined))
      waiting.set(number, end)
      if (!slot.send({ kind: 'query', number, query })) end(undefined)
    })
  }

  return {
    async collect(query, slots) {
      const answers = await Promise.all(slots.map((slot) => ask(query, slot)))
      return answers.flatMap((answer) => (answer === undefined ? [] : [answer]))
    },
    received: (number, answer) => waiting.get(number)?.(answer),
  }
}
