import { existsSync } from 'node:fs'
import path from 'node:path'
import type { Config } from './config.js'
import { type ConfigEnvironment, configEnvironment } from './config-environment.js'
import { type Expanded, expand } from './expand.js'
import { namesInNamespaces } from './schema/namespaces.js'
import { isOriginal, originalForm } from './schema/original-form.js'
import { ownForm } from './schema/own-form.js'
import { isTable } from './schema/table.js'
import { readSource } from './source/read-source.js'
import type { Source } from './source/source.js'
import { validate } from './validate.js'

const usualNames = [
  'wildcast.toml',
  'wildcast.json',
  'wildcast.config.ts',
  'wildcast.config.mjs',
  'wildcast.config.js',
  'spin.toml',
]

/** The configuration of a folder: the first of the usual names that exists. */
export function usualConfig(folder: string): string {
  return usualNames.find((name) => existsSync(path.join(folder, name))) ?? 'wildcast.toml'
}

/**
 * Reads a configuration file. Its relative paths start at its folder.
 * @throws {ConfigError} with everything that is wrong
 */
export async function readConfig(file: string): Promise<Config> {
  return interpret(await readSource(file), file, configEnvironment(path.dirname(path.resolve(file))))
}

/**
 * Reads the source of a configuration, in either form.
 * @throws {ConfigError} with everything that is wrong
 */
export function interpret(source: Source, file: string, environment: ConfigEnvironment): Config {
  const original = isOriginal(source.value)
  const expanded = original ? expandTrigger(source.value, environment) : expand(source.value, environment)
  const context = {
    ...environment,
    brokers: brokersOf(original ? source.value.trigger : source.value),
    namesInNamespaces: isTable(source.value) ? namesInNamespaces(source.value.namespaces) : [],
  }
  const form = original ? originalForm : ownForm
  return validate(form(context), expanded, { ...source, file })
}

/** The rest of a spin.toml is not Wildcast's: its `${…}` may have another meaning. */
function expandTrigger(file: Readonly<Record<string, unknown>>, environment: ConfigEnvironment): Expanded {
  if (!('trigger' in file)) return { value: file, faults: [] }
  const { value: trigger, faults } = expand(file.trigger, environment, ['trigger'])
  return { value: { ...file, trigger }, faults }
}

/** The names of all brokers of a source, valid or not; the default one first. */
export function brokerNames({ value }: Source): readonly string[] {
  if (isOriginal(value)) return brokersOf(value.trigger)
  const names = brokersOf(value)
  const standard = isTable(value) ? value.default : undefined
  return [...names.filter((name) => name === standard), ...names.filter((name) => name !== standard)]
}

function brokersOf(value: unknown): readonly string[] {
  return isTable(value) && isTable(value.brokers) ? Object.keys(value.brokers) : []
}
