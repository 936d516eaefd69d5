import { AggregatorRegistry } from 'prom-client'
import type { Clock } from '../../core/clock.js'
import type { Figures } from '../metrics.js'
import type { WorkerSlot } from './place.js'

/**
 * The figures of all relays, including those that have ended, so that no counter ever decreases.
 */
export interface Census {
  /** Asks all slots. A process that does not answer in time counts with its last answer. */
  take(places: readonly Pick<WorkerSlot, 'say'>[]): Promise<readonly Figures[]>
  heard(place: Pick<WorkerSlot, 'say'>, figures: Figures): void
  /** Its process has ended: the next one counts from zero. */
  ended(place: Pick<WorkerSlot, 'say'>): void
}

/** Scrapers wait ten times as long. */
const patienceMs = 1000

export function census(clock: Clock): Census {
  const last = new Map<Pick<WorkerSlot, 'say'>, Figures>()
  /** The callers that wait for the next answers of a slot, in order. */
  const waiting = new Map<Pick<WorkerSlot, 'say'>, (() => void)[]>()
  let past: Promise<Figures> = Promise.resolve([])

  function ask(place: Pick<WorkerSlot, 'say'>): Promise<void> | undefined {
    if (!place.say({ kind: 'count' })) return undefined
    return new Promise((resolve) => {
      const stopClock = clock.after(patienceMs, resolve)
      const answered = (): void => {
        stopClock()
        resolve()
      }
      waiting.set(place, [...(waiting.get(place) ?? []), answered])
    })
  }

  return {
    async take(places) {
      await Promise.all(places.map(ask))
      return [await past, ...last.values()]
    },
    heard(place, figures) {
      last.set(place, figures)
      waiting.get(place)?.shift()?.()
    },
    ended(place) {
      const counted = last.get(place)?.filter(({ type }) => String(type) === 'counter') ?? []
      last.delete(place)
      for (const answered of waiting.get(place) ?? []) answered()
      waiting.delete(place)
      past = past.then((before) => AggregatorRegistry.aggregate([before, counted]).getMetricsAsJSON())
    },
  }
}
