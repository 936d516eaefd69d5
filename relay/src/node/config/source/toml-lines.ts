import { parse } from 'smol-toml'
import type { Path } from '../path.js'
import { Lines } from './source.js'

const blank = /(?:[ \t\r\n,]|#[^\n]*)*/y
const keyPart = /[ \t]*("(?:\\.|[^"\\])*"|'[^']*'|[\w-]+)[ \t]*/y
/** Strings of all four kinds, and other values, up to the end of their line, item or entry. */
const scalar = new RegExp(
  [
    /"""(?:\\[\s\S]|"{1,2}(?!")|[^"\\])*"""(?:"{1,2}(?!"))?/,
    /'''(?:'{1,2}(?!')|[^'])*'''(?:'{1,2}(?!'))?/,
    /"(?:\\.|[^"\\])*"/,
    /'[^']*'/,
    /[^,\]}#\n]+/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'y',
)

/** Finds the line of every key in a TOML text that the parser has accepted. */
export function tomlLines(text: string): Lines {
  return new TomlScanner(text).scan()
}

class TomlScanner {
  readonly #text: string
  readonly #lines: Lines
  /** The number of tables so far in each array of tables, by its path. */
  readonly #counts: Map<string, number> = new Map()
  #offset = 0

  constructor(text: string) {
    this.#text = text
    this.#lines = new Lines(text)
  }

  scan(): Lines {
    let table: Path = []
    this.#take(/\ufeff?/y)
    for (this.#take(blank); this.#offset < this.#text.length; this.#take(blank)) {
      if (this.#ahead('[')) table = this.#header()
      else this.#pair(table)
    }
    return this.#lines
  }

  #header(): Path {
    const start = this.#offset
    const brackets = this.#take(/\[\[?/y)
    const keys = this.#key()
    this.#take(/\]\]?/y)
    const path = this.#resolve(keys, brackets === '[[')
    for (let depth = 1; depth <= path.length; depth++) this.#lines.note(path.slice(0, depth), start)
    return path
  }

  /** In a header, the name of an array of tables is its latest table. */
  #resolve(keys: readonly string[], begins: boolean): Path {
    const path: (string | number)[] = []
    keys.forEach((key, i) => {
      path.push(key)
      const id = JSON.stringify(path)
      if (begins && i === keys.length - 1) this.#counts.set(id, (this.#counts.get(id) ?? 0) + 1)
      const count = this.#counts.get(id)
      if (count !== undefined) path.push(count - 1)
    })
    return path
  }

  #pair(table: Path): void {
    const start = this.#offset
    const keys = this.#key()
    this.#take(/=[ \t]*/y)
    for (let depth = 1; depth <= keys.length; depth++) this.#lines.note([...table, ...keys.slice(0, depth)], start)
    this.#value([...table, ...keys])
  }

  #value(path: Path): void {
    this.#lines.note(path, this.#offset)
    if (this.#ahead('[')) this.#inside(']', (i) => this.#value([...path, i]))
    else if (this.#ahead('{')) this.#inside('}', () => this.#pair(path))
    else this.#take(scalar)
  }

  #inside(end: string, item: (i: number) => void): void {
    this.#offset++
    this.#take(blank)
    for (let i = 0; !this.#ahead(end); i++) {
      item(i)
      this.#take(blank)
    }
    this.#offset++
  }

  #key(): readonly string[] {
    const keys: string[] = []
    do keys.push(plain(this.#take(keyPart).trim()))
    while (this.#take(/\.?/y) !== '')
    return keys
  }

  #ahead(character: string): boolean {
    return this.#text[this.#offset] === character
  }

  #take(token: RegExp): string {
    token.lastIndex = this.#offset
    const [found] = token.exec(this.#text) ?? []
    // Otherwise the scan would never end if the parser accepts a text that this scanner doesn't.
    if (found === undefined) throw new SyntaxError(`TOML that can't be scanned at offset ${this.#offset}`)
    this.#offset += found.length
    return found
  }
}

/** A key without its quotes and escapes, read by the parser. */
function plain(key: string): string {
  return /^["']/.test(key) ? String(parse(`key = ${key}`).key) : key
}
