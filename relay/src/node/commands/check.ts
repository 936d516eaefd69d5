import { Command } from 'commander'
import { describe } from '../config/describe.js'
import { inspect } from '../config/inspect.js'
import { type ConfigFlag, configFlag, configOf, note } from './config-flag.js'

/**
 * `wildcast check`: checks a configuration and what it names. It connects to nothing and listens on
 * nothing.
 */
export function check(): Command {
  return new Command('check')
    .description('check a configuration, and list everything that is wrong with it')
    .addOption(configFlag())
    .action(async (flags: ConfigFlag) => {
      const file = configOf(flags)
      const config = await inspect(file)
      process.stdout.write(`${file} is fine: ${describe(config)}\n`)
      note(config.notes)
    })
}
