import { existsSync } from 'node:fs'
import type { Clock } from '../../core/clock.js'
import type { Config } from '../config/config.js'
import { ConfigError } from '../config/config-error.js'
import { describe } from '../config/describe.js'
import { inspect } from '../config/inspect.js'
import { examineBroker } from './check-brokers.js'
import { checkCertificates } from './check-certificates.js'
import { checkConfig } from './check-config.js'
import { checkPorts } from './check-ports.js'
import { checkRelay } from './check-relay.js'
import { checkSystem } from './check-system.js'
import { type Finding, failure, noted, ok } from './finding.js'
import { systemFacts } from './system-facts.js'

/** The subjects of `wildcast doctor`. */
export interface ExamineOptions {
  readonly file: string
  /** Whether the user has named the file. */
  readonly isNamed: boolean
  /** A running relay. */
  readonly url?: string | undefined
  readonly version: string
  readonly clock: Clock
}

/** Examines a configuration, its brokers and this machine. */
export async function examine({ file, isNamed, url, version, clock }: ExamineOptions): Promise<readonly Finding[]> {
  const versions = ok('versions', `Wildcast ${version} on Node ${process.versions.node}, ${process.platform}`)
  const { config, findings } = await readValid(file, isNamed)
  const parts = await Promise.all([
    config ? checkPorts(config) : [],
    ...(config ? [...config.brokers].map(([name, settings]) => examineBroker(name, settings, clock)) : []),
    url === undefined ? [] : checkRelay(url, clock),
  ])
  const secure = config ? [...checkConfig(config), ...checkCertificates(config.gateways, clock.wall())] : []
  return [versions, ...findings, ...secure, ...parts.flat(), ...checkSystem(systemFacts(), config?.limits?.connections)]
}

interface ReadConfig {
  readonly config?: Config
  readonly findings: readonly Finding[]
}

async function readValid(file: string, isNamed: boolean): Promise<ReadConfig> {
  if (!isNamed && !existsSync(file))
    return { findings: [noted('configuration', `there is no ${file} in this folder`, 'name one with --config')] }
  try {
    const config = await inspect(file)
    const notes = config.notes.map((note) => noted('configuration', note))
    return { config, findings: [ok('configuration', `${file} is fine: ${describe(config)}`), ...notes] }
  } catch (cause) {
    if (!(cause instanceof ConfigError)) throw cause
    const lines = cause.message.split('\n')
    return { findings: lines.map((line) => failure('configuration', line, `correct it, then run "wildcast check"`)) }
  }
}
