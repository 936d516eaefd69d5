import { parse, TomlError } from 'smol-toml'
import { ConfigError } from '../config-error.js'
import { shown } from '../path.js'
import type { Source } from './source.js'
import { tomlLines } from './toml-lines.js'

/**
 * Reads a TOML text.
 * @throws {ConfigError} where it is none
 */
export function tomlSource(text: string, file: string): Source {
  try {
    const value = parse(text)
    const lines = tomlLines(text)
    return { value, faults: [], lineOf: (path) => lines.of(path) }
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause
    throw new ConfigError([{ file, line: cause.line, message: explain(cause, text) }])
  }
}

/**
 * The parser's own message shows the lines around, which may hold a password. Only its first line,
 * which quotes nothing, is used.
 */
function explain({ message, line, column }: TomlError, text: string): string {
  const wrong = text.split('\n')[line - 1]?.slice(column - 1) ?? ''
  if (/redefine/.test(message)) {
    const name = /^[^=\]]*/.exec(wrong)?.[0].trim() ?? ''
    return `"${shown(name)}" is defined twice; rename one of the two, or put their keys together`
  }
  const [first = ''] = message.split('\n')
  const remedy = /invalid value/.test(first) ? '; text must stand in quotes' : ''
  return `this is not valid TOML, from column ${column} on: ${first.replace('Invalid TOML document: ', '')}${remedy}`
}
