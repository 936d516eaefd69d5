import { Command } from 'commander'
import { describe } from '../config/describe.js'
import { readConfig } from '../config/read-config.js'
import { type ConfigFlag, configFlag, configOf, note } from './config-flag.js'

/** `wildcast check`: says whether a configuration is valid, and opens nothing. */
export function check(): Command {
  return new Command('check')
    .description('say whether a configuration is valid, and every place where it is not')
    .addOption(configFlag())
    .action(async (flags: ConfigFlag) => {
      const file = configOf(flags)
      const config = await readConfig(file)
      process.stdout.write(`${file} is fine: ${describe(config)}\n`)
      note(config.notes)
    })
}
