import path from 'node:path'
import type { StoreSettings } from '../../brokers/settings.js'
import type { StoreLimits } from '../../stores/limits.js'
import { readConfig } from '../config/read-config.js'
import { type ConfigFlag, configOf } from './config-flag.js'

export interface StoreFlags extends ConfigFlag {
  readonly file?: string
  readonly broker?: string
}

type FileSettings = Partial<StoreLimits> & { readonly sqlite: string }

/** Finds the store that the flags name: a file, or the only one of a configuration. */
export async function storeSettings({ file, broker, ...flags }: StoreFlags): Promise<FileSettings> {
  // Without a configuration the limits are unknown: the relay refuses further values by its own.
  if (file !== undefined)
    return { sqlite: path.resolve(file), values: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY }
  const config = configOf(flags)
  const { brokers } = await readConfig(config)
  const found = [...brokers].flatMap(([name, settings]) => {
    const kept: StoreSettings | undefined = settings.type === 'memory' ? settings.store : undefined
    return kept?.sqlite === undefined ? [] : [{ name, settings: { ...kept, sqlite: kept.sqlite } }]
  })
  const names = found.map(({ name }) => name).join(', ')
  const [first, second] = broker === undefined ? found : found.filter(({ name }) => name === broker)
  if (second) throw new Error(`${config} has several stores; choose one with --broker: ${names}`)
  if (first) return first.settings
  if (broker !== undefined && found.length > 0)
    throw new Error(`no broker "${broker}" in ${config} has a store on disk; these have one: ${names}`)
  throw new Error(`${config} has no broker with store = { sqlite = "…" }; add it, or name the file with --file`)
}
