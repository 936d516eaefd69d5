import type { IClientOptions } from 'mqtt'
import type { Clock } from '../../core/clock.js'

type Timers = Exclude<IClientOptions['timerVariant'], string | undefined>

/** The timers of mqtt.js for its keep-alive, on the relay's clock. */
export function intervals(clock: Clock): Timers {
  const stops = new Map<number, () => void>()
  let last = 0
  return {
    set(run, everyMs = 0) {
      const id = ++last
      const next = (): void => {
        const stop = clock.after(everyMs, () => {
          next()
          run()
        })
        stops.set(id, stop)
      }
      next()
      return id
    },
    clear(id) {
      stops.get(id)?.()
      stops.delete(id)
    },
  }
}
