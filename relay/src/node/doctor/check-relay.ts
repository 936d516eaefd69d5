import type { Clock } from '../../core/clock.js'
import { checkClock } from './check-clock.js'
import { type Finding, failure, noted } from './finding.js'

const patienceMs = 5000
/** The header `Date` has whole seconds. */
const dateMs = 1000

/** Compares the clock with that of a relay, by the header `Date` of its answer. */
export async function checkRelay(url: string, clock: Clock): Promise<readonly Finding[]> {
  const target = new URL('/healthz', url.replace(/^ws/, 'http'))
  const asked = clock.wall()
  try {
    const { headers } = await fetch(target, { signal: AbortSignal.timeout(patienceMs) })
    const time = Date.parse(headers.get('date') ?? '')
    if (Number.isNaN(time)) return [noted('clock', `${target.origin} states no time`)]
    return [checkClock({ name: target.origin, time, asked, answered: clock.wall(), exactMs: dateMs })]
  } catch {
    return [failure('clock', `can't reach ${target.origin}`, 'start the relay there, or correct --url')]
  }
}
