import { WildcastError } from '@wildcast/protocol'
import { Command, Option } from 'commander'
import type { Components } from '../../components/open-components.js'
import { realClock } from '../../core/clock.js'
import type { OnError } from '../../core/outlet.js'
import { bridgesOf } from '../bridges.js'
import type { Config, GatewayConfig } from '../config/config.js'
import { readConfig } from '../config/read-config.js'
import { doors } from '../doors.js'
import { openBroker } from '../open-broker.js'
import { runComponents } from '../run-components.js'
import { serveAll } from '../serve.js'
import { openWatch } from '../watch.js'
import { watchSources } from '../watch-sources.js'
import { closeOnSignal } from './close-on-signal.js'
import { type ConfigFlag, configFlag, configOf, note } from './config-flag.js'
import { listenFailure } from './listen-failure.js'
import { wholeNumber } from './whole-number.js'

/** `wildcast up`: opens everything that a configuration names, over one relay. */
export function up(): Command {
  return new Command('up')
    .description('open the brokers and gateways of a configuration')
    .addOption(configFlag())
    .addOption(
      new Option('-p, --port <port>', 'listen here instead of the first port of the configuration').argParser(
        wholeNumber(0, 65_535),
      ),
    )
    .option('-w, --watch', 'load a component anew when its file, or another in its folder, has changed')
    .action(
      async ({ watch = false, port, ...flags }: ConfigFlag & { readonly watch?: boolean; readonly port?: number }) => {
        const file = configOf(flags)
        const config = await readConfig(file)
        await open(port === undefined ? config : { ...config, gateways: onPort(port, config.gateways) }, file, watch)
      },
    )
}

async function open(config: Config, file: string, watching: boolean): Promise<void> {
  const { brokers, gateways, bridges, components, notes } = config
  note(notes)
  const watch = openWatch()
  const serving = await serveAll({
    brokers: Object.fromEntries([...brokers].map(([name, settings]) => [name, openBroker(settings)])),
    bridges: bridgesOf({ bridges, brokers }),
    endpoints: gateways.map((gateway) => ({ ...gateway, gateways: doors({ ...gateway, metrics: watch.gateway }) })),
    ...watch.relay,
  }).catch((cause: unknown) => {
    const port = `choose another in ${file}, or stop what listens there`
    throw listenFailure(cause, { port, host: `correct "host" in ${file}` })
  })
  const running = await runComponents(components, { inside: serving.relay.inside, ...watch.relay }).catch(
    async (cause: unknown) => {
      await serving.close()
      throw new Error(WildcastError.from(cause).message, { cause })
    },
  )
  if (watching) reloadOnChange(components, running, watch.relay.onError)
  gateways.forEach((gateway, i) => {
    process.stdout.write(`${greeting(gateway, serving.ports[i])}\n`)
  })
  closeOnSignal({
    async close() {
      await running.close()
      await serving.close()
    },
  })
}

function onPort(port: number, [first, ...others]: Config['gateways']): Config['gateways'] {
  return first ? [{ ...first, port }, ...others] : others
}

function reloadOnChange(components: Config['components'], running: Components, onError: OnError): void {
  const sources = [...new Set(components.map(({ source }) => source))]
  watchSources(sources, realClock, (changed) => {
    for (const { id, source, broker } of components)
      if (source === changed)
        running.reload(id).then(
          () => note([`component "${id}" is loaded anew`]),
          (cause) => onError(WildcastError.from(cause), { stage: 'component', broker }),
        )
  })
}

function greeting({ host, broker }: GatewayConfig, port: number | undefined): string {
  return `Wildcast is up: http://${host ?? 'localhost'}:${port}${broker === undefined ? '' : ` (${broker})`}`
}
