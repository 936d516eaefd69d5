import path from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Problem } from './config/config-error.js'
import { firstLine } from './load-module.js'
import { wakefulClock } from './workers/clock.js'

/** How long a module may take to load, in milliseconds. */
const loadMs = 30_000

/** Tests run from `src`, which a thread of Node can't load: they use the build. */
const fromSource = import.meta.url.endsWith('.ts')
const folder = fromSource ? '../../dist/node/thread' : './thread'

/** A module that a configuration names, besides components. */
export interface InspectedModule {
  /** The program of the thread that loads it. It sends a list of problems. */
  readonly main: 'hooks-main.js' | 'contract-main.js'
  /** An absolute path. */
  readonly module: string
  /** Its name in a sentence. */
  readonly name: string
  /** Facts that the program needs besides the path. */
  readonly data?: object
}

/**
 * Returns what keeps a module from being used. It is loaded in a thread, which ends at once.
 */
export async function inspectModule({ main, module, name, data }: InspectedModule): Promise<readonly Problem[]> {
  const worker = new Worker(new URL(`${folder}/${main}`, import.meta.url), {
    ...(fromSource && { execArgv: [] }),
    workerData: { ...data, module },
    name,
  })
  const problem = (why: string): readonly Problem[] => [
    { file: path.relative('', module), message: `${name} can't be loaded: ${why}` },
  ]
  try {
    return await new Promise((resolve) => {
      const stop = wakefulClock.after(loadMs, () => resolve(problem(`it took longer than ${loadMs / 1000} s`)))
      const settle = (problems: readonly Problem[]): void => {
        stop()
        resolve(problems)
      }
      worker.once('message', settle)
      worker.once('error', (cause: unknown) => settle(problem(`it crashed: ${firstLine(cause)}`)))
      worker.once('exit', () => settle(problem('it ended its own thread')))
    })
  } finally {
    await worker.terminate()
  }
}
