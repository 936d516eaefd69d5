import path from 'node:path'
import type { BrokerSettings, StoreSettings } from '../../brokers/settings.js'
import { faultOfFile } from '../../stores/sqlite/file-fault.js'
import { inspectComponents } from '../inspect-components.js'
import { inspectModule } from '../inspect-module.js'
import type { Config } from './config.js'
import { type ConfigEnvironment, configEnvironment } from './config-environment.js'
import { ConfigError, type Problem } from './config-error.js'
import { brokersAsSeen } from './homes.js'
import { inspectCertificates, inspectGatewayTls } from './inspect-certificates.js'
import { inspectNatsAuth } from './inspect-nats-auth.js'
import type { Path } from './path.js'
import { interpret } from './read-config.js'
import type { ReadText } from './read-text.js'
import { isOriginal } from './schema/original-form.js'
import { isTable } from './schema/table.js'
import { readSource } from './source/read-source.js'
import type { ConfigFault, Source } from './source/source.js'
import { problemsOf } from './validate.js'

/**
 * Reads a configuration, and checks what it names: certificates, credentials, components, hooks.
 * It connects to nothing and listens on nothing; it loads modules as a relay would, in threads that
 * end at once.
 * @throws {ConfigError} with everything that is wrong
 */
export async function inspect(file: string): Promise<Config> {
  const source = await readSource(file)
  const environment = configEnvironment(path.dirname(path.resolve(file)))
  const config = interpret(source, file, environment)
  const problems = [
    ...brokerProblems(config, { source, file, environment }),
    ...gatewayProblems(config, { source, file, environment }),
    ...(await inspectComponents(config.components)),
    ...(await inspectModules(config)),
  ]
  if (problems.length > 0) throw new ConfigError(problems)
  return config
}

async function inspectModules({ auth, contract, ...config }: Config): Promise<readonly Problem[]> {
  const hooks = auth?.module === undefined ? [] : await inspectModule({ ...hooksThread, module: auth.module })
  if (!contract) return hooks
  const kinds = [...brokersAsSeen(config)].map(([name, { type }]) => [name, { type }] as const) // without secrets
  const data = { brokers: new Map(kinds) }
  const thread = { main: 'contract-main.js', name: 'the contract' } as const
  return [...hooks, ...(await inspectModule({ ...thread, module: contract.file, data }))]
}

const hooksThread = { main: 'hooks-main.js', name: '"module" in [auth]' } as const

interface Read {
  readonly source: Source
  readonly file: string
  readonly environment: ConfigEnvironment
}

function brokerProblems({ brokers }: Config, { source, file, environment }: Read): readonly Problem[] {
  const faults = [...brokers].flatMap(([name, settings]) =>
    inspectBroker(settings, environment.readText).map((fault) => ({
      ...fault,
      path: [...keyOf(name, source.value), ...fault.path],
    })),
  )
  return problemsOf(faults, { ...source, file })
}

function gatewayProblems({ gateways }: Config, { source, file, environment }: Read): readonly Problem[] {
  const faults = gateways.flatMap(({ tls }, i) =>
    (tls ? inspectGatewayTls(tls, environment.readText) : []).map((fault) => ({
      ...fault,
      path: [...(i === 0 ? [] : ['gateway', i - 1]), 'tls', ...fault.path],
    })),
  )
  return problemsOf(faults, { ...source, file })
}

/** Returns what is wrong with the files and credentials of a broker. Paths start at its keys. */
export function inspectBroker(settings: BrokerSettings, readText: ReadText): readonly ConfigFault[] {
  if (settings.type === 'memory') return inspectStore(settings.store)
  const certificates = typeof settings.tls === 'object' ? inspectCertificates(settings.tls, readText) : []
  const auth = settings.type === 'nats' && settings.auth ? inspectNatsAuth(settings.auth, readText) : []
  return [...certificates, ...auth]
}

function inspectStore({ sqlite }: StoreSettings = {}): readonly ConfigFault[] {
  const fault = sqlite === undefined ? undefined : faultOfFile(sqlite)
  return fault === undefined ? [] : [{ path: ['store', 'sqlite'], message: `{it} ${fault}` }]
}

/** The path of a broker's keys. */
function keyOf(name: string, source: unknown): Path {
  if (!isOriginal(source)) return ['brokers', name]
  const at = (value: unknown, key: string): unknown => (isTable(value) ? value[key] : undefined)
  const kind = at(at(at(source.trigger, 'brokers'), name), 'broker_type')
  return ['trigger', 'brokers', name, 'broker_type', ...(isTable(kind) ? Object.keys(kind) : [])]
}
