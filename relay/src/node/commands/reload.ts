import { Command } from 'commander'
import { askReload } from '../control/ask-reload.js'
import { type ConfigFlag, configFlag, configOf } from './config-flag.js'

/** `wildcast reload`: makes the relays that run a configuration read it again. */
export function reload(): Command {
  return new Command('reload')
    .description('make the running relays of a configuration read it again, without losing a client')
    .addOption(configFlag())
    .action(async (flags: ConfigFlag) => {
      const file = configOf(flags)
      const answers = await askReload(file)
      if (answers.length === 0)
        throw new Error(`no relay of this user runs ${file} here; start one with "wildcast up", or send it SIGHUP`)
      for (const { failed, lines } of answers)
        for (const line of lines) (failed ? process.stderr : process.stdout).write(`${line}\n`)
      process.exitCode = answers.some(({ failed }) => failed) ? 1 : 0
    })
}
