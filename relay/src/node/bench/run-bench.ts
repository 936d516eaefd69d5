import { availableParallelism, cpus } from 'node:os'
import { realClock } from '../../core/clock.js'
import { within } from '../../core/within.js'
import { type BenchResult, benchResult } from './bench-result.js'
import { type LoadPlan, sharesOf, threadsFor } from './load-plan.js'
import { type LoadThreads, loadThreads } from './load-threads.js'

/** The state of a bench that runs. */
export interface BenchProgress {
  readonly seconds: number
  readonly received: number
}

export interface BenchOptions {
  /** @default as many as the load needs */
  readonly threads?: number | undefined
  /** Called each second while it runs. */
  onProgress(progress: BenchProgress): void
  /** Ends it early; what was measured is still reported. */
  readonly signal: AbortSignal
}

const secondMs = 1000
/** How long missing messages are waited for, after the last one that came. */
const lateMs = 2000
const lookMs = 200

/** Runs a bench against a relay. */
export async function runBench(plan: LoadPlan, { onProgress, signal, ...options }: BenchOptions): Promise<BenchResult> {
  const count = Math.min(options.threads ?? threadsFor(plan, availableParallelism()), plan.clients)
  const threads = loadThreads(plan, sharesOf(plan, count))
  try {
    await unlessAborted(threads.joined, signal)
    const before = processorTimes()
    const begun = realClock.now()
    threads.send('start')
    const perSecond = await untilSent(threads, plan, { onProgress, signal })
    threads.send('stop')
    const seconds = (realClock.now() - begun) / 1000
    const busy = busyShare(before, processorTimes())
    const lateSeconds = await untilComplete(threads, plan)
    return benchResult(plan, threads.figures(), { seconds, lateSeconds, perSecond, threads: count, machineBusy: busy })
  } finally {
    await threads.close()
  }
}

async function unlessAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  const aborted = new Promise<never>((_, reject) => {
    const stop = (): void => reject(new Error('ended before all clients were connected'))
    signal.addEventListener('abort', stop, { once: true })
  })
  await Promise.race([work, aborted])
}

/** Resolves with the deliveries of each second. */
async function untilSent(
  threads: LoadThreads,
  { seconds }: LoadPlan,
  { onProgress, signal }: Pick<BenchOptions, 'onProgress' | 'signal'>,
): Promise<readonly number[]> {
  const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
  const perSecond: number[] = []
  let before = 0
  for (let second = 1; second <= seconds && !signal.aborted; second++) {
    await Promise.race([within(secondMs, aborted, realClock), threads.broken])
    const received = sum(threads, 'received')
    perSecond.push(received - before)
    before = received
    onProgress({ seconds: second, received })
  }
  return perSecond
}

/**
 * Waits for the last answers and messages, as long as more of them come. Resolves with the time
 * that they took, in seconds.
 */
async function untilComplete(threads: LoadThreads, { subscribers }: LoadPlan): Promise<number> {
  const begun = realClock.now()
  let [last, silentMs, lastMs] = [sum(threads, 'received'), 0, 0]
  while (silentMs < lateMs) {
    await within(lookMs, threads.broken, realClock)
    const received = sum(threads, 'received')
    silentMs = received === last ? silentMs + lookMs : 0
    if (received !== last) lastMs = realClock.now() - begun
    last = received
    // Two silent looks: a thread reports as often, so that its last figures are here.
    const isComplete = sum(threads, 'pending') === 0 && received >= sum(threads, 'confirmed') * subscribers
    if (isComplete && silentMs >= 2 * lookMs) break
  }
  return lastMs / 1000
}

function sum(threads: LoadThreads, key: 'received' | 'pending' | 'confirmed'): number {
  return threads.figures().reduce((total, figures) => total + figures[key], 0)
}

interface ProcessorTimes {
  readonly idle: number
  readonly all: number
}

function processorTimes(): ProcessorTimes {
  const times = cpus().map(({ times }) => times)
  return {
    idle: times.reduce((total, { idle }) => total + idle, 0),
    all: times.flatMap((one) => Object.values(one)).reduce((total, one) => total + one, 0),
  }
}

function busyShare(from: ProcessorTimes, to: ProcessorTimes): number {
  return to.all === from.all ? 0 : 1 - (to.idle - from.idle) / (to.all - from.all)
}
