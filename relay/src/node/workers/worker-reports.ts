import { type Part, part } from '../../core/part.js'
import { wakefulClock } from './clock.js'
import type { WorkerSlot } from './worker-slot.js'

/** How long it waits for an answer. */
const answerTimeoutMs = 1000

/** Requests the state of the components and bridges from their process. */
export interface WorkerReports {
  collect(): Promise<readonly Part[]>
  received(number: number, parts: readonly Part[]): void
}

/** @param inside that process, if there is one */
export function workerReports(inside: () => Pick<WorkerSlot, 'send'> | undefined): WorkerReports {
  const waiting = new Map<number, (parts: readonly Part[]) => void>()
  let last = 0
  const missing = (cause: string): readonly Part[] => [part('the process of the components', cause)]

  return {
    async collect() {
      const slot = inside()
      if (!slot) return []
      const number = ++last
      if (!slot.send({ kind: 'report', number })) return missing('it is being started')
      return new Promise((resolve) => {
        const stopClock = wakefulClock.after(answerTimeoutMs, () => {
          waiting.delete(number)
          resolve(missing(`it has not answered for ${answerTimeoutMs} ms`))
        })
        waiting.set(number, (parts) => {
          stopClock()
          waiting.delete(number)
          resolve(parts)
        })
      })
    },
    received: (number, parts) => waiting.get(number)?.(parts),
  }
}
