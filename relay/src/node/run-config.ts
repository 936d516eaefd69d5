import { WildcastError } from '@wildcast/protocol'
import type { Components } from '../components/open-components.js'
import { realClock } from '../core/clock.js'
import type { OnFailure } from '../core/outlet.js'
import { type Part, part } from '../core/part.js'
import type { Gateway } from '../gateways/gateway.js'
import { type Control, openControl } from './admin/control.js'
import type { Answer, AskAll, Query } from './admin/queries.js'
import { bridgesOf } from './bridges.js'
import type { Config } from './config/config.js'
import { type ListenRemedies, listenFailure } from './listen-failure.js'
import type { Monitoring } from './monitoring.js'
import { openAuth } from './open-auth.js'
import { openBroker } from './open-broker.js'
import { type PortGatewaysOptions, portGateways } from './port-gateways.js'
import { reloadInPlace } from './reload-in-place.js'
import { runComponents } from './run-components.js'
import { type Endpoint, type ServingAll, serveAll, type Workers } from './serve.js'
import { untilClosing } from './until-closing.js'
import { warmUp } from './warm-up.js'
import { watchSources } from './watch-sources.js'

export interface RunConfigOptions {
  /** How a user can change a port that can't be opened. */
  readonly remedies: ListenRemedies
  /** Whether components are loaded again when their files change. */
  readonly reload: boolean
  readonly monitoring: Monitoring
  /** @default this process is the only one */
  readonly workers?: Workers
  /** Sends an operator's query to all relays of the command. @default this one is the only one */
  readonly askAll?: AskAll
  /** Reports what must work elsewhere before the relay is ready. @default nothing */
  readonly parts?: () => Promise<readonly Part[]>
}

/** A configuration that runs. */
export interface RunningConfig extends ServingAll {
  /** The port for operators, if there is one. */
  readonly adminPort: number | undefined
  /** Answers an operator's query with what this relay has. */
  answer(query: Query): Answer
  /**
   * Reloads the modules of components. Returns what was done, and what differs from this
   * configuration and needs a restart.
   * @throws {WildcastError} `internal` if a module can't be loaded: the old one stays in use
   */
  reload(now: Config): Promise<readonly string[]>
}

/** Opens everything that a configuration names, with one relay in this process. */
export async function runConfig(
  config: Config,
  { remedies, reload, monitoring, workers, parts, askAll }: RunConfigOptions,
): Promise<RunningConfig> {
  const { brokers, gateways, bridges, components, limits } = config
  const { onError, close: muteClosing } = untilClosing(monitoring.relay.onError)
  const ports = { ...monitoring.relay, onError }
  let running: Components | undefined
  const componentParts = (): readonly Part[] =>
    running?.parts() ?? components.map(({ id }) => part(`component "${id}"`, 'it is being loaded'))
  const auth = config.auth && (await openAuth(config.auth, onError).catch(plain))
  const own = [...brokers].flatMap(([name, { type }]) => (type === 'memory' ? [name] : []))
  const control = openControl({ askAll, hasUsers: auth !== undefined, own, ...ports })
  const serving = await serveAll({
    ...auth,
    limits,
    parts: async () => [...componentParts(), ...((await parts?.()) ?? [])],
    brokers: Object.fromEntries(
      [...brokers].map(([name, settings]) => [
        name,
        openBroker(settings, {
          onStored: (file, contents) => monitoring.stored(name, file, contents),
          valueCache: limits?.valueCache,
        }),
      ]),
    ),
    bridges: bridgesOf({ bridges, brokers }),
    endpoints: endpointsOf(config, { metrics: monitoring.gateway, issueTicket: auth?.issueTicket, control }),
    workers,
    ...ports,
  }).catch((cause: unknown) => {
    const { port } = (cause ?? {}) as { readonly port?: number }
    const isAdmin = config.admin !== undefined && port === config.admin.port
    throw listenFailure(cause, isAdmin ? { ...remedies, port: 'change "admin", or stop what listens there' } : remedies)
  })
  control.begin(serving.relay)
  const opened = await runComponents(components, { inside: serving.relay.inside, ...ports }).catch(
    async (cause: unknown) => {
      await serving.close()
      return plain(cause)
    },
  )
  if (gateways.length > 0)
    warmUp(monitoring.hasPublished).catch((cause) => onError(WildcastError.from(cause), { stage: 'warm-up' }))
  running = opened
  if (reload) reloadOnChange(components, opened, onError)
  return {
    ...serving,
    ports: serving.ports.slice(0, gateways.length),
    adminPort: serving.ports[gateways.length],
    answer: control.answer,
    reload: (now) => reloadInPlace(config, now, { components: opened, auth }),
    async close() {
      muteClosing()
      await opened.close()
      await serving.close()
    },
  }
}

/** Throws the message of an error alone: the command prints it without a code. */
function plain(cause: unknown): never {
  throw new Error(WildcastError.from(cause).message, { cause })
}

interface PortOptions extends Pick<PortGatewaysOptions, 'issueTicket'> {
  readonly metrics: Gateway
  readonly control: Control
}

/** The ports of a configuration; that for operators comes last. */
function endpointsOf({ gateways, admin }: Config, { metrics, control, issueTicket }: PortOptions): readonly Endpoint[] {
  const open = gateways.map((gateway) => ({
    ...gateway,
    gateways: portGateways({ ...gateway, metrics: admin ? undefined : metrics, issueTicket }),
  }))
  return admin ? [...open, { ...admin, gateways: control.gateways(metrics, admin.host) }] : open
}

function reloadOnChange(components: Config['components'], running: Components, onError: OnFailure): void {
  const sources = [...new Set(components.map(({ source }) => source))]
  watchSources(sources, realClock, (changed) => {
    for (const { id, source, broker } of components)
      if (source === changed)
        running.reload(id).then(
          () => process.stderr.write(`component "${id}" is loaded again\n`),
          (cause) => onError(WildcastError.from(cause), { stage: 'component', broker }),
        )
  })
}
