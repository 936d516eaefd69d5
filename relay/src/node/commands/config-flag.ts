import { Option } from 'commander'
import { usualConfig } from '../config/read-config.js'

export interface ConfigFlag {
  readonly config?: string
}

/** The flag of the commands that read a configuration. */
export const configFlag = (): Option =>
  new Option('-c, --config <file>', 'the configuration: TOML, JSON or a module (default: wildcast.toml)').env(
    'WILDCAST_CONFIG',
  )

/** The named file, or the usual one of this folder. */
export function configOf({ config }: ConfigFlag): string {
  return config ?? usualConfig(process.cwd())
}

/** Prints what is not an error to stderr. */
export function note(notes: readonly string[]): void {
  for (const line of notes) process.stderr.write(`${line}\n`)
}
