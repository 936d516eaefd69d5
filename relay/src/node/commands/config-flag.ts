import { Option } from 'commander'
import { usualConfig } from '../config/read-config.js'

export interface ConfigFlag {
  readonly config?: string
}

/** The flag that the commands about a configuration have. */
export const configFlag = (): Option =>
  new Option('-c, --config <file>', 'the configuration: TOML, JSON or a module (default: wildcast.toml)').env(
    'WILDCAST_CONFIG',
  )

/** The file that was named, or that a reader expects here. */
export function configOf({ config }: ConfigFlag): string {
  return config ?? usualConfig(process.cwd())
}

/** Says on stderr what is no error. */
export function note(notes: readonly string[]): void {
  for (const line of notes) process.stderr.write(`${line}\n`)
}
