import { realClock } from '../../core/clock.js'
import type { Config } from '../config/config.js'
import { type ControlSocket, openControlSocket } from '../control/control-socket.js'
import type { ListenRemedies } from '../listen-failure.js'
import { logUnawaited } from '../log-unawaited.js'
import { openMonitoring } from '../monitoring.js'
import { runConfig } from '../run-config.js'
import { wakefulClock } from '../workers/clock.js'
import { type Running, runWorkers } from '../workers/run-workers.js'
import { note } from './config-flag.js'
import { onSignals } from './on-signals.js'
import { reloads } from './reloads.js'
import { runBeside, type SideCommand } from './run-beside.js'
import { terminal } from './terminal.js'
import { whenParentGone } from './when-parent-gone.js'

export interface RunOptions {
  /** How a user can change a port that can't be opened. */
  readonly remedies: ListenRemedies
  /** Whether components are loaded again when their files change. */
  readonly reload: boolean
  /** A command to run beside it, with its arguments; when either ends, so does the other. */
  readonly beside?: readonly string[]
  /** The file of the configuration, and how a reload reads and checks it. */
  readonly source?: { readonly file: string; read(): Promise<Config> }
}

/** Opens everything that a configuration names, prints the URLs, and closes it on a signal. */
export async function runCommand(config: Config, { beside = [], source, ...options }: RunOptions): Promise<void> {
  note(config.notes)
  const opening = open(config, options)
  let command: SideCommand | undefined
  let control: ControlSocket | undefined
  let closing: Promise<unknown> | undefined
  const close = async (): Promise<void> => {
    closing ??= Promise.all([opening.then((running) => running.close()), command?.close(), control?.close()])
    await closing
  }
  const reload = reloads({
    read: source ? () => source.read() : () => Promise.resolve(config),
    apply: async (now) => (await opening).reload(now),
    print: printLine,
  })
  const act = onSignals({
    close,
    reload,
    terminal: terminal(),
    clock: wakefulClock,
    exit: process.exit,
    report: printLine,
  })
  // Before anything is open: during the start, too, a signal must not end the process otherwise.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, act)

  const running = await opening
  if (source) control = await openControlSocket(source.file, reload).catch(reloadedBySignalOnly)
  const urls = config.gateways.map(
    ({ host, tls, mqtt }, i) =>
      `${mqtt ? 'mqtt' : 'http'}${tls ? 's' : ''}://${host ?? 'localhost'}:${running.ports[i]}`,
  )
  const lines = config.gateways.map(
    ({ broker }, i) => `Wildcast is up: ${urls[i]}${broker === undefined ? '' : ` (${broker})`}\n`,
  )
  if (config.admin) lines.push(`The admin port is http://${hostOf(config.admin)}:${running.adminPort}\n`)
  // In one write: a reader that leaves after the first line must not end the relay by the next one.
  if (lines.length > 0) process.stdout.write(lines.join(''))
  if (!config.auth && config.gateways.length > 0) note([openToAll])
  if (beside.length === 0) return
  command = runBeside(beside, urls[0])
  whenParentGone(realClock, () => process.kill(process.pid, 'SIGTERM'))
  try {
    const ended = await command.ended
    if ('code' in ended) process.exitCode = ended.code
  } finally {
    await close()
  }
  process.exit()
}

function hostOf({ host }: { readonly host: string }): string {
  return host.includes(':') ? `[${host}]` : host
}

function open(config: Config, options: Omit<RunOptions, 'beside' | 'source'>): Promise<Running> {
  const { workers: count = 1 } = config
  if (count !== 1) return runWorkers(config, { ...options, count })
  const monitoring = openMonitoring()
  logUnawaited(monitoring.relay.onError)
  return runConfig(config, { ...options, monitoring })
}

const openToAll = 'every client may do everything; a wildcast.toml with [auth] changes that'

const printLine = (line: string): void => void process.stderr.write(`${line}\n`)

function reloadedBySignalOnly(cause: unknown): undefined {
  printLine(`"wildcast reload" can't reach this relay, but SIGHUP can: ${String(cause)}`)
}
