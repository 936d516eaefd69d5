import { Command, Option } from 'commander'
import { realClock } from '../../core/clock.js'
import { doctorText } from '../doctor/doctor-text.js'
import { examine } from '../doctor/examine.js'
import { paint, showsColors } from '../screen/paint.js'
import { type ConfigFlag, configFlag, configOf } from './config-flag.js'
import { relayUrl } from './connect.js'

interface Flags extends ConfigFlag {
  readonly url?: string
  readonly json?: boolean
}

/**
 * `wildcast doctor`: examines a configuration, its brokers and ports, and the limits of this
 * machine. Exits with 1 if it finds an error.
 */
export function doctor(version: string): Command {
  return new Command('doctor')
    .description('examine the configuration, its brokers and ports, clocks and limits of this machine, with remedies')
    .addOption(configFlag())
    .addOption(new Option('-u, --url <url>', 'compare the clock with that of this relay').argParser(relayUrl))
    .option('-j, --json', 'one JSON object')
    .action(async ({ url, json, ...flags }: Flags) => {
      const file = configOf(flags)
      const isNamed = flags.config !== undefined
      const findings = await examine({ file, isNamed, url, version, clock: realClock })
      const text = json ? `${JSON.stringify({ findings })}\n` : doctorText(findings, paint(showsColors(process.stdout)))
      const code = findings.some(({ level }) => level === 'error') ? 1 : 0
      // Modules of the configuration may keep the process alive.
      process.stdout.write(text, () => process.exit(code))
    })
}
