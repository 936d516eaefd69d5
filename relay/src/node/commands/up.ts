import { Command, Option } from 'commander'
import type { Config } from '../config/config.js'
import { readConfig } from '../config/read-config.js'
import { type ConfigFlag, configFlag, configOf } from './config-flag.js'
import { run } from './run.js'
import { wholeNumber } from './whole-number.js'
import { type WorkersFlag, workersFlag } from './workers-flag.js'

const portRemedy = 'choose another with --port or PORT'

interface Flags extends ConfigFlag, WorkersFlag {
  readonly watch?: boolean
  readonly port?: number
}

/** `wildcast up`: opens everything that a configuration names. */
export function up(): Command {
  return new Command('up')
    .description('open the brokers and gateways of a configuration')
    .addOption(configFlag())
    .addOption(
      new Option('-p, --port <port>', 'listen here instead of the first port of the configuration')
        .env('PORT')
        .argParser(wholeNumber(0, 65_535)),
    )
    .addOption(workersFlag())
    .option('-w, --watch', 'load a component anew when its file, or another in its folder, has changed')
    .action(async ({ watch = false, port, workers, ...flags }: Flags) => {
      const file = configOf(flags)
      const config = await readConfig(file)
      await run(port === undefined ? config : { ...config, gateways: onPort(port, config.gateways) }, {
        workers: workers ?? config.workers,
        remedies: {
          port: port === undefined ? `choose another in ${file}, or stop what listens there` : portRemedy,
          host: `correct "host" in ${file}`,
        },
        reload: watch,
      })
    })
}

function onPort(port: number, [first, ...others]: Config['gateways']): Config['gateways'] {
  return first ? [{ ...first, port }, ...others] : others
}
