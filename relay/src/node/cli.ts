import { WildcastError } from '@wildcast/protocol'
import { Command, type CommanderError } from 'commander'
import { add } from './commands/add.js'
import { benchCommand } from './commands/bench.js'
import { canI } from './commands/can-i.js'
import { check } from './commands/check.js'
import { printError } from './commands/connect.js'
import { contractCommand } from './commands/contract.js'
import { disconnect } from './commands/disconnect.js'
import { doctor } from './commands/doctor.js'
import { gatewayCommand } from './commands/gateway.js'
import { getCommand } from './commands/get.js'
import { hash } from './commands/hash.js'
import { historyCommand } from './commands/history.js'
import { init } from './commands/init.js'
import { lockCommand } from './commands/lock.js'
import { ls } from './commands/ls.js'
import { pub } from './commands/pub.js'
import { reload } from './commands/reload.js'
import { requestCommand } from './commands/request.js'
import { delCommand, setCommand } from './commands/set.js'
import { store } from './commands/store.js'
import { sub } from './commands/sub.js'
import { token } from './commands/token.js'
import { top } from './commands/top.js'
import { up } from './commands/up.js'
import { watch } from './commands/watch.js'
import { who } from './commands/who.js'
import { ConfigError } from './config/config-error.js'
import { version } from './version.js'

/** The exit code if a command or a configuration is invalid. Later failures exit with 1. */
const usageExitCode = 2

const program = new Command('wildcast')
  .description('Your brokers, in the browser.')
  .version(version)
  .showHelpAfterError('(wildcast --help lists all commands)')

const ofConfigurations = [
  init(),
  add(),
  up(),
  reload(),
  check(),
  doctor(version),
  hash(),
  token(),
  canI(),
  store(),
  gatewayCommand(),
  contractCommand(),
]
const ofRelays = [sub(), historyCommand(), pub(), requestCommand(), ls(), disconnect(), benchCommand(), top()]
const ofValues = [getCommand(), setCommand(), delCommand(), watch(), lockCommand(), who()]
for (const command of [...ofConfigurations, ...ofRelays, ...ofValues]) program.addCommand(command)
for (const command of [program, ...program.commands, ...program.commands.flatMap(({ commands }) => commands)])
  command.exitOverride((error: CommanderError) => process.exit(error.exitCode === 0 ? 0 : usageExitCode))

// The reader of stdout has gone, as in `wildcast sub … | head -1`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
// A relay runs on if nothing reads its notes.
process.stderr.on('error', () => {})

program.parseAsync().catch((cause: unknown) => {
  if (cause instanceof WildcastError) printError(cause)
  else process.stderr.write(`${cause instanceof Error ? cause.message : String(cause)}\n`)
  process.exit(cause instanceof ConfigError ? usageExitCode : 1)
})
