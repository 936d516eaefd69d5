import { Command } from 'commander'
import { describe } from '../config/describe.js'
import { inspect } from '../config/inspect.js'
import { type ConfigFlag, configFlag, configOf, note } from './config-flag.js'

/**
 * `wildcast check`: says whether a configuration is valid, and so is what it names. It connects to
 * nothing and listens on nothing.
 */
export function check(): Command {
  return new Command('check')
    .description('say whether a configuration is valid, and every place where it is not')
    .addOption(configFlag())
    .action(async (flags: ConfigFlag) => {
      const file = configOf(flags)
      const config = await inspect(file)
      process.stdout.write(`${file} is fine: ${describe(config)}\n`)
      note(config.notes)
    })
}
