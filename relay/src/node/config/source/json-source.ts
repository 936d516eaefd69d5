import { ConfigError } from '../config-error.js'
import type { Path } from '../path.js'
import { type ConfigFault, Lines, type Source } from './source.js'

/**
 * Reads a JSON text. `JSON.parse` reports neither lines nor duplicate keys, and its messages quote
 * the text, which may contain a password.
 * @throws {ConfigError} if the text is not valid JSON
 */
export function jsonSource(text: string, file: string): Source {
  const reader = new JsonReader(text, file)
  const value = reader.read()
  return { value, faults: reader.faults, lineOf: (path) => reader.lines.of(path) }
}

const space = /[ \t\r\n]*/y
const token = /[{}[\],:]|"(?:\\.|[^"\\\n])*"|[^\s{}[\],:"]+/y

class JsonReader {
  readonly faults: (ConfigFault & { line: number })[] = []
  readonly lines: Lines
  readonly #text: string
  readonly #file: string
  #offset = 0

  constructor(text: string, file: string) {
    this.#text = text.replace(/^\ufeff/, '')
    this.#file = file
    this.lines = new Lines(this.#text)
  }

  read(): unknown {
    const value = this.#value([])
    this.#skipSpace()
    if (this.#offset < this.#text.length) throw this.#wrong('nothing more was expected here')
    return value
  }

  #value(path: Path): unknown {
    this.#skipSpace()
    this.lines.note(path, this.#offset)
    if (this.#takes('{')) return this.#object(path)
    if (this.#takes('[')) return this.#array(path)
    return this.#scalar('a value was expected here; put text in double quotes')
  }

  #object(path: Path): unknown {
    const entries = new Map<string, unknown>()
    if (this.#takes('}')) return {}
    do {
      this.#skipSpace()
      const start = this.#offset
      const key = this.#scalar('a key in double quotes was expected here')
      if (typeof key !== 'string') throw this.#wrong('a key in double quotes was expected here', start)
      if (entries.has(key)) this.#reportDuplicate([...path, key], start)
      this.lines.note([...path, key], start)
      if (!this.#takes(':')) throw this.#wrong('":" was expected here')
      entries.set(key, this.#value([...path, key]))
    } while (this.#takes(','))
    if (!this.#takes('}')) throw this.#wrong('"," or "}" was expected here')
    return Object.fromEntries(entries)
  }

  #array(path: Path): unknown {
    const items: unknown[] = []
    if (this.#takes(']')) return items
    do items.push(this.#value([...path, items.length]))
    while (this.#takes(','))
    if (!this.#takes(']')) throw this.#wrong('"," or "]" was expected here')
    return items
  }

  #scalar(expected: string): unknown {
    this.#skipSpace()
    const start = this.#offset
    token.lastIndex = start
    const [found = ''] = token.exec(this.#text) ?? []
    this.#offset += found.length
    try {
      return JSON.parse(found)
    } catch {
      throw this.#wrong(expected, start)
    }
  }

  #takes(character: string): boolean {
    this.#skipSpace()
    if (this.#text[this.#offset] !== character) return false
    this.#offset++
    return true
  }

  #skipSpace(): void {
    space.lastIndex = this.#offset
    this.#offset += space.exec(this.#text)?.[0].length ?? 0
  }

  #reportDuplicate(path: Path, offset: number): void {
    const message = `{it} is defined twice, first in line ${this.lines.of(path)}; rename or remove one of the two`
    this.faults.push({ path, line: this.lines.at(offset), message })
  }

  #wrong(why: string, offset = this.#offset): ConfigError {
    const message = `this is not valid JSON: ${why}`
    return new ConfigError([{ file: this.#file, line: this.lines.at(offset), message }])
  }
}
