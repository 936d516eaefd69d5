import type { Config, Modules, RunningConfig } from '@wildcast/relay/config'
import type { Door } from './door.js'
import type { Reports } from './reports.js'

/** The part of Vite's server that a relay needs. */
export interface RunPorts {
  readonly door: Door
  readonly reports: Reports
  /** @default Node loads the modules of the configuration */
  readonly modules?: Modules | undefined
}

/** Runs a configuration; the door stands for the port of its first gateway. */
export async function runBehind(config: Config, { door, reports, modules }: RunPorts): Promise<RunningConfig> {
  const { logTo, openMonitoring, realClock, runConfig } = await import('@wildcast/relay/config')
  const stored = (broker: string, file: string, held: { readonly values: number; readonly messages: number }): void =>
    reports.info(`broker "${broker}": the store holds ${held.values} values and ${held.messages} messages, in ${file}`)
  return runConfig(config, {
    host: door.host,
    modules,
    reload: false,
    remedies: {
      port: 'choose another in the configuration, or stop what listens there',
      host: 'correct "host" in the configuration',
    },
    monitoring: openMonitoring({ log: { ...logTo(reports.write, realClock), stored } }),
  })
}
