import { Command } from 'commander'
import type { Config, GatewayConfig } from '../config/config.js'
import { inspect } from '../config/inspect.js'
import { readConfig } from '../config/read-config.js'
import { defined } from '../config/schema/defined.js'
import { type ConfigFlag, configFlag, configOf } from './config-flag.js'
import { gatewayFlag } from './gateway-flags.js'
import { runCommand } from './run.js'
import { type WorkersFlag, workersFlag } from './workers-flag.js'

const portRemedy = 'choose another with --port or PORT'

interface Flags extends ConfigFlag, WorkersFlag {
  readonly watch?: boolean
  readonly port?: number
  readonly static?: string
}

/** `wildcast up`: opens everything that a configuration names. */
export function up(): Command {
  return new Command('up')
    .description('open the brokers and gateways of a configuration')
    .argument('[command...]', 'behind "--": a command to run beside it, such as vite; it finds the URL in WILDCAST_URL')
    .addOption(configFlag())
    .addOption(gatewayFlag('port', 'listen here instead of the first port of the configuration'))
    .addOption(gatewayFlag('static', 'serve the files of a folder on the first port'))
    .addOption(workersFlag())
    .option('-w, --watch', 'load a component again when a file in its folder changes')
    .action(async (beside: readonly string[], { watch = false, port, workers, ...flags }: Flags) => {
      const file = configOf(flags)
      // Flags take precedence, also when the file is read again.
      const withFlags = (config: Config): Config => ({
        ...config,
        ...defined({ workers }),
        gateways: withFirst(config.gateways, defined({ port, static: flags.static })),
      })
      await runCommand(withFlags(await readConfig(file)), {
        remedies: {
          port: port === undefined ? `choose another in ${file}, or stop what listens there` : portRemedy,
          host: `correct "host" in ${file}`,
        },
        reload: watch,
        beside,
        source: { file, read: async () => withFlags(await inspect(file)) },
      })
    })
}

function withFirst([first, ...others]: Config['gateways'], keys: Partial<GatewayConfig>): Config['gateways'] {
  return first ? [{ ...first, ...keys }, ...others] : others
}
