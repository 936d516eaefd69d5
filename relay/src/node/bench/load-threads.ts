import { Worker } from 'node:worker_threads'
import { realClock } from '../../core/clock.js'
import { within } from '../../core/within.js'
import type { LoadCommand, LoadFigures, LoadReport } from './load-messages.js'
import type { LoadPlan, LoadShare } from './load-plan.js'

/** How long no further client may join. */
const joinPatienceMs = 10_000
const closeMs = 2000

/** The threads of a bench. */
export interface LoadThreads {
  /** Resolves when all clients are connected and subscribed. */
  readonly joined: Promise<void>
  /** Rejects if a thread has ended by itself. */
  readonly broken: Promise<never>
  /** The last figures of each thread. */
  figures(): readonly LoadFigures[]
  send(command: LoadCommand): void
  close(): Promise<void>
}

/** Starts a thread for each share of the clients. */
export function loadThreads(plan: LoadPlan, shares: readonly LoadShare[]): LoadThreads {
  const latest = new Map<Worker, LoadFigures>()
  const joined = new Map<Worker, number>()
  let fail: (cause: unknown) => void = () => {}
  const broken = new Promise<never>((_, reject) => {
    fail = reject
  })
  broken.catch(() => {})
  let allJoined = (): void => {}
  let unwait = (): void => {}
  let lastError = ''
  const count = (): number => [...joined.values()].reduce((sum, one) => sum + one, 0)

  const onReport = (worker: Worker, report: LoadReport): void => {
    if (report.kind === 'figures') latest.set(worker, report.figures)
    else if (report.kind === 'refused') fail(new Error(report.error))
    else {
      const isFurther = report.clients > (joined.get(worker) ?? 0)
      joined.set(worker, report.clients)
      lastError = report.error ?? lastError
      if (isFurther) wait()
      if (count() === 0 && report.error !== undefined)
        fail(new Error(`can't reach ${plan.url}; is the relay running there? (${report.error})`))
      if (count() === plan.clients) allJoined()
    }
  }
  const wait = (): void => {
    unwait()
    unwait = realClock.after(joinPatienceMs, () => {
      const why = lastError === '' ? 'the relay does not answer' : lastError
      fail(new Error(`${count()} of ${plan.clients} clients are connected, the others are not: ${why}`))
    })
  }
  const workers = shares.map((workerData) => new Worker(new URL('load-main.js', import.meta.url), { workerData }))
  for (const worker of workers)
    worker
      .on('message', (report: LoadReport) => onReport(worker, report))
      .on('error', fail)
      .on('exit', () => fail(new Error('a thread of the bench has ended')))
  wait()
  const whenJoined = new Promise<void>((resolve) => {
    allJoined = resolve
  })
  return {
    joined: Promise.race([whenJoined, broken]).finally(() => unwait()),
    broken,
    figures: () => [...latest.values()],
    send(command) {
      for (const worker of workers) worker.postMessage(command)
    },
    async close() {
      const exits = workers.map((worker) => new Promise((resolve) => worker.once('exit', resolve)))
      for (const worker of workers) worker.postMessage('close' satisfies LoadCommand)
      await within(closeMs, Promise.all(exits), realClock)
      await Promise.all(workers.map((worker) => worker.terminate()))
    },
  }
}
