import { Command } from 'commander'
import { bridgesOf } from '../bridges.js'
import type { Config, GatewayConfig } from '../config/config.js'
import { readConfig } from '../config/read-config.js'
import { doors } from '../doors.js'
import { openBroker } from '../open-broker.js'
import { serveAll } from '../serve.js'
import { openWatch } from '../watch.js'
import { closeOnSignal } from './close-on-signal.js'
import { type ConfigFlag, configFlag, configOf, note } from './config-flag.js'

/** `wildcast up`: opens everything that a configuration names, over one relay. */
export function up(): Command {
  return new Command('up')
    .description('open the brokers and gateways of a configuration')
    .addOption(configFlag())
    .action(async (flags: ConfigFlag) => {
      const file = configOf(flags)
      await open(await readConfig(file), file)
    })
}

async function open({ brokers, gateways, bridges, notes }: Config, file: string): Promise<void> {
  note(notes)
  const watch = openWatch()
  const serving = await serveAll({
    brokers: Object.fromEntries([...brokers].map(([name, settings]) => [name, openBroker(settings)])),
    bridges: bridgesOf({ bridges, brokers }),
    endpoints: gateways.map((gateway) => ({ ...gateway, gateways: doors({ ...gateway, metrics: watch.gateway }) })),
    ...watch.relay,
  }).catch((cause: NodeJS.ErrnoException & { port?: number }) => {
    throw cause.code === 'EADDRINUSE'
      ? new Error(`port ${cause.port} is in use; choose another in ${file}, or stop what listens there`)
      : cause
  })
  gateways.forEach((gateway, i) => {
    process.stdout.write(`${greeting(gateway, serving.ports[i])}\n`)
  })
  closeOnSignal(serving)
}

function greeting({ host, broker }: GatewayConfig, port: number | undefined): string {
  return `Wildcast is up: http://${host ?? 'localhost'}:${port}${broker === undefined ? '' : ` (${broker})`}`
}
