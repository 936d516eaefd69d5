import path from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Problem } from './config/config-error.js'
import { firstLine } from './load-module.js'
import { wakefulClock } from './workers/clock.js'

/** How long a module may take to load, in milliseconds. */
const loadMs = 30_000

/** Tests run from `src`, which a thread of Node can't load: they use the build. */
const fromSource = import.meta.url.endsWith('.ts')
const main = fromSource ? '../../dist/node/thread/hooks-main.js' : './thread/hooks-main.js'

/**
 * Returns what keeps the module of `[auth]` from being used. It is loaded in a thread, which ends
 * at once.
 */
export async function inspectHooks(module: string): Promise<readonly Problem[]> {
  const worker = new Worker(new URL(main, import.meta.url), {
    ...(fromSource && { execArgv: [] }),
    workerData: { module },
    name: 'the module of [auth]',
  })
  const problem = (why: string): readonly Problem[] => [
    { file: path.relative('', module), message: `"module" in [auth] can't be loaded: ${why}` },
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
