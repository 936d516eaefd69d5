import { WildcastError } from '@wildcast/protocol'
import type { Components } from '../components/open-components.js'
import { type Part, part } from '../core/part.js'
import { openControl } from './admin/control.js'
import type { Answer, AskAll, Query } from './admin/queries.js'
import { bridgesOf } from './bridges.js'
import type { Config } from './config/config.js'
import { ConfigError } from './config/config-error.js'
import type { HostServer } from './guest.js'
import { type ListenRemedies, listenFailure } from './listen-failure.js'
import type { Modules } from './modules.js'
import type { Monitoring } from './monitoring.js'
import { openAuth } from './open-auth.js'
import { openBrokers } from './open-brokers.js'
import { openContract } from './open-contract.js'
import { reloadInPlace } from './reload-in-place.js'
import { type ReloadModules, reloadOf, reloadOnChange } from './reload-modules.js'
import { namespaceReloads } from './reload-namespaces.js'
import { runComponents } from './run-components.js'
import { type ServingAll, serveAll, type Workers } from './serve.js'
import { serversOf } from './servers-of.js'
import { untilClosing } from './until-closing.js'
import { warmUp } from './warm-up.js'

/** How a configuration is run. */
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
  /** Serves the first gateway in place of its port. @default every gateway has its port */
  readonly host?: HostServer | undefined
  /** How the modules of the configuration are loaded. @default by Node */
  readonly modules?: Modules | undefined
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
   * Reloads the modules of components, hooks and the contract. Returns what was done, and what
   * differs from this configuration and needs a restart.
   * @throws {WildcastError} `internal` if a module can't be loaded: the old one stays in use
   */
  reload(now: Config): Promise<readonly string[]>
  /** Loads the components, hooks and contract of changed modules again. */
  readonly reloadModules: ReloadModules
}

/** Opens everything that a configuration names, with one relay in this process. */
export async function runConfig(
  given: Config,
  { remedies, reload, monitoring, workers, parts, askAll, host, modules }: RunConfigOptions,
): Promise<RunningConfig> {
  const { config, contract } = await openContract(given, modules).catch(plain)
  const { brokers, bridges, components, limits } = config
  const gateways = host ? config.gateways.slice(1) : config.gateways // those with a port
  const { onError, close: muteClosing } = untilClosing(monitoring.relay.onError)
  const ports = { ...monitoring.relay, onError }
  let running: Components | undefined
  const componentParts = (): readonly Part[] =>
    running?.parts() ?? components.map(({ id }) => part(`component "${id}"`, 'it is being loaded'))
  const auth = config.auth && (await openAuth(config.auth, onError, modules).catch(plain))
  const own = [...brokers].flatMap(([name, { type }]) => (type === 'memory' ? [name] : []))
  const control = openControl({ askAll, hasUsers: auth !== undefined, own, ...ports })
  const serving = await serveAll({
    ...auth,
    contract,
    limits,
    parts: async () => [...componentParts(), ...((await parts?.()) ?? [])],
    brokers: openBrokers(config, monitoring),
    namespaces: config.namespaces,
    bridges: bridgesOf({ bridges, brokers }),
    ...serversOf(config, { monitoring, auth, control, host, workers }),
    workers,
    ...ports,
  }).catch((cause: unknown) => {
    const { port } = (cause ?? {}) as { readonly port?: number }
    const isAdmin = config.admin !== undefined && port === config.admin.port
    throw listenFailure(cause, isAdmin ? { ...remedies, port: 'change "admin", or stop what listens there' } : remedies)
  })
  control.begin(serving.relay)
  const componentPorts = { inside: serving.relay.inside, ...ports }
  const opened = await runComponents(components, componentPorts, modules?.openLoader).catch(async (cause: unknown) => {
    await serving.close()
    return plain(cause)
  })
  if (gateways.length > 0)
    warmUp(monitoring.hasPublished).catch((cause) => onError(WildcastError.from(cause), { stage: 'warm-up' }))
  running = opened
  const open = { openBrokers: (next: Config) => openBrokers(next, monitoring), opened: control.opened }
  const namespaces = namespaceReloads(config, serving.relay, open)
  const reloadable = { components: opened, auth, contract, namespaces }
  const reloadModules = reloadOf(config, reloadable, onError)
  const unwatch = reload ? reloadOnChange(config, reloadModules) : undefined
  return {
    ...serving,
    ports: serving.ports.slice(0, gateways.length),
    adminPort: serving.ports[gateways.length],
    answer: control.answer,
    reloadModules,
    reload: async (now) => reloadInPlace(config, (await openContract(now, modules)).config, reloadable),
    async close() {
      muteClosing()
      unwatch?.()
      await opened.close()
      await serving.close()
    },
  }
}

/** Throws the message of an error alone: the command prints it without a code. */
function plain(cause: unknown): never {
  if (cause instanceof ConfigError) throw cause
  throw new Error(WildcastError.from(cause).message, { cause })
}
