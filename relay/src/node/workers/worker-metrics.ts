import { AggregatorRegistry } from 'prom-client'
import type { Clock } from '../../core/clock.js'
import { within } from '../../core/within.js'
import type { Figures } from '../metrics.js'
import type { WorkerSlot } from './worker-slot.js'

/** The figures of all relays, including those that have ended, so that no counter decreases. */
export interface WorkerMetrics {
  /** Asks all slots. A process that does not answer in time counts with its last answer. */
  collect(slots: readonly Pick<WorkerSlot, 'send'>[]): Promise<readonly Figures[]>
  received(slot: Pick<WorkerSlot, 'send'>, figures: Figures): void
  /** Its process has ended: the next one counts from zero. */
  ended(slot: Pick<WorkerSlot, 'send'>): void
}

/** Scrapers wait ten times as long. */
const answerTimeoutMs = 1000

export function workerMetrics(clock: Clock): WorkerMetrics {
  const last = new Map<Pick<WorkerSlot, 'send'>, Figures>()
  /** The callers that wait for the next answers of a slot, in order. */
  const waiting = new Map<Pick<WorkerSlot, 'send'>, (() => void)[]>()
  let past: Promise<Figures> = Promise.resolve([])

  function ask(slot: Pick<WorkerSlot, 'send'>): Promise<void> | undefined {
    if (!slot.send({ kind: 'count' })) return undefined
    const answer = new Promise<void>((resolve) => waiting.set(slot, [...(waiting.get(slot) ?? []), resolve]))
    return within(answerTimeoutMs, answer, clock)
  }

  return {
    async collect(slots) {
      await Promise.all(slots.map(ask))
      return [await past, ...last.values()]
    },
    received(slot, figures) {
      last.set(slot, figures)
      waiting.get(slot)?.shift()?.()
    },
    ended(slot) {
      const counted = last.get(slot)?.filter(({ type }) => String(type) === 'counter') ?? []
      last.delete(slot)
      for (const answered of waiting.get(slot) ?? []) answered()
      waiting.delete(slot)
      past = past.then((before) => AggregatorRegistry.aggregate([before, counted]).getMetricsAsJSON())
    },
  }
}
