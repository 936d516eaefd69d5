import { realClock } from '../../core/clock.js'
import type { Config } from '../config/config.js'
import type { ListenRemedies } from '../listen-failure.js'
import { runConfig } from '../run-config.js'
import { openWatch } from '../watch.js'
import { runWorkers } from '../workers/run-workers.js'
import { closeOnSignal } from './close-on-signal.js'
import { note } from './config-flag.js'
import { type Beside, runBeside } from './run-beside.js'
import { whenParentGone } from './when-parent-gone.js'

export interface RunOptions {
  /** How many relays share the ports. @default 1 */
  readonly workers: number | undefined
  /** Where a user can change what keeps a port from being opened. */
  readonly remedies: ListenRemedies
  /** Whether components are loaded again when their files change. */
  readonly reload: boolean
  /** A command to run beside it, with its arguments; when either ends, so does the other. */
  readonly beside?: readonly string[]
}

/** Opens everything that a configuration names, says where, and closes it on a signal. */
export async function run(config: Config, { workers = 1, beside = [], ...options }: RunOptions): Promise<void> {
  note(config.notes)
  const running =
    workers === 1
      ? await runConfig(config, { ...options, watch: openWatch() })
      : await runWorkers(config, { ...options, count: workers })
  let command: Beside | undefined
  let closing: Promise<unknown> | undefined
  const close = async (): Promise<void> => {
    closing ??= Promise.all([running.close(), command?.close()])
    await closing
  }
  closeOnSignal({ close }) // whoever reads that it is up may say at once that it shall end
  const urls = config.gateways.map(({ host }, i) => `http://${host ?? 'localhost'}:${running.ports[i]}`)
  config.gateways.forEach(({ broker }, i) => {
    process.stdout.write(`Wildcast is up: ${urls[i]}${broker === undefined ? '' : ` (${broker})`}\n`)
  })
  if (beside.length === 0) return
  command = runBeside(beside, urls[0])
  whenParentGone(realClock, () => process.kill(process.pid, 'SIGTERM'))
  try {
    process.exitCode = await command.ended
  } finally {
    await close()
  }
  process.exit()
}
