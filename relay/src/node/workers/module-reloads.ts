import { WildcastError } from '@wildcast/protocol'
import type { Clock } from '../../core/clock.js'
import type { WorkerSlot } from './worker-slot.js'

/** A module that takes longer to load has failed. */
const loadTimeoutMs = 60_000

/** Makes processes reload the modules of their components. */
export interface ModuleReloads {
  /**
   * @throws {WildcastError} `internal` if one can't be loaded: the old ones stay in use;
   * `interrupted` without an answer
   */
  request(slot: Pick<WorkerSlot, 'send'>): Promise<void>
  received(number: number, failure: string | undefined): void
}

export function moduleReloads(clock: Clock): ModuleReloads {
  const waiting = new Map<number, (failure: WildcastError | undefined) => void>()
  let last = 0
  return {
    async request(slot) {
      const number = ++last
      if (!slot.send({ kind: 'reload', number }))
        throw new WildcastError('interrupted', 'the process of the components is being started; try again')
      return new Promise((resolve, reject) => {
        const answered = (failure: WildcastError | undefined): void => {
          stopClock()
          waiting.delete(number)
          if (failure) reject(failure)
          else resolve()
        }
        const stopClock = clock.after(loadTimeoutMs, () =>
          answered(new WildcastError('interrupted', 'the process of the components has not answered')),
        )
        waiting.set(number, answered)
      })
    },
    received: (number, failure) =>
      waiting.get(number)?.(failure === undefined ? undefined : new WildcastError('internal', failure)),
  }
}
