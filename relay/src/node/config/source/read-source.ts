import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { ConfigError } from '../config-error.js'
import { jsonSource } from './json-source.js'
import { moduleSource } from './module-source.js'
import type { Source } from './source.js'
import { tomlSource } from './toml-source.js'

/**
 * Reads a configuration file in the form that its extension names.
 * @throws {ConfigError} if it doesn't exist or can't be read
 */
export async function readSource(file: string): Promise<Source> {
  const ending = path.extname(file)
  const text = await readText(file)
  if (ending === '.toml') return tomlSource(text, file)
  if (ending === '.json') return jsonSource(text, file)
  if (/^\.[cm]?[jt]s$/.test(ending)) return moduleSource(path.resolve(file), file)
  throw new ConfigError([
    { file, message: 'a configuration ends in .toml, .json, .js, .mjs or .ts; name another file' },
  ])
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const message =
      code === 'ENOENT'
        ? 'there is no such file; create it, or name another with --config'
        : `this file can't be read (${code}); correct its permissions, or name another with --config`
    throw new ConfigError([{ file, message }])
  }
}
