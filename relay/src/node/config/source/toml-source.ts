import { parse, TomlError } from 'smol-toml'
import { ConfigError } from '../config-error.js'
import { shown } from '../path.js'
import type { Source } from './source.js'
import { tomlLines } from './toml-lines.js'

/**
 * Reads a TOML text.
 * @throws {ConfigError} if the text is not valid TOML
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
 * The parser's message shows the lines around the error, which may contain a password. Its first
 * line quotes nothing.
 */
function explain({ message, line, column }: TomlError, text: string): string {
  const wrong = text.split('\n')[line - 1]?.slice(column - 1) ?? ''
  if (/redefine/.test(message)) {
    const name = /^[^=\]]*/.exec(wrong)?.[0].trim() ?? ''
    return `"${shown(name)}" is defined twice; rename one of the two, or merge their keys`
  }
  const [first = ''] = message.split('\n')
  const remedy = /invalid value/.test(first) ? '; put text in quotes' : ''
  return `this is not valid TOML, from column ${column} on: ${first.replace('Invalid TOML document: ', '')}${remedy}`
}
