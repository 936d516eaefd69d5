import type { Config, GatewayConfig } from '../config/config.js'
import { runConfig } from '../run-config.js'
import { openWatch } from '../watch.js'
import { runWorkers } from '../workers/run-workers.js'
import { closeOnSignal } from './close-on-signal.js'
import { note } from './config-flag.js'
import type { ListenRemedies } from './listen-failure.js'

export interface RunOptions {
  /** How many relays share the ports. @default 1 */
  readonly workers: number | undefined
  /** Where a user can change what keeps a port from being opened. */
  readonly remedies: ListenRemedies
  /** Whether components are loaded anew when their files change. */
  readonly reload: boolean
}

/** Opens everything that a configuration names, says where, and closes it on a signal. */
export async function run(config: Config, { workers = 1, ...options }: RunOptions): Promise<void> {
  note(config.notes)
  const running =
    workers === 1
      ? await runConfig(config, { ...options, watch: openWatch() })
      : await runWorkers(config, { ...options, count: workers })
  closeOnSignal(running) // whoever reads that it is up may say at once that it shall end
  config.gateways.forEach((gateway, i) => {
    process.stdout.write(`${greeting(gateway, running.ports[i])}\n`)
  })
}

function greeting({ host, broker }: GatewayConfig, port: number | undefined): string {
  return `Wildcast is up: http://${host ?? 'localhost'}:${port}${broker === undefined ? '' : ` (${broker})`}`
}
