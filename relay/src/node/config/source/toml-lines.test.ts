import fc from 'fast-check'
import { parse, stringify } from 'smol-toml'
import { describe, expect, it } from 'vitest'
import type { Path } from '../path.js'
import { tomlLines } from './toml-lines.js'

/** The text of the line in which a path is found. */
function lineOf(text: string, ...path: Path): string | undefined {
  const line = tomlLines(text).of(path)
  return line === undefined ? undefined : text.split(/\r?\n/)[line - 1]
}

const text = `# [not.a.table]
port = 3_005 # port = 2
"quoted key" = 'a # b'
"esc\\u0061ped" = 1
dotted . key = 1979-05-27 07:32:00

[brokers.main]
url = "redis://[::1]"
text = """
url = "no key" \\"""
a = 1 """"
raw = '''
b = [
c'''''
list = [ "a", # comment ]
  "b]", [1,
  2],
  { x = 1 } ]
inline = { a = 1, b.c = "}", d = { e = [ 1 ] } }

  [ brokers . "other one" ]
  type = "x"

[[bridge]]
from = "a"
[[bridge]]
from = "b"
[bridge.options]
deep = 1
[[bridge.items]]
n = 1
[[bridge.items]]
n = 2
`

describe('tomlLines', () => {
  it('reads a text that the parser accepts', () => {
    expect(() => parse(text)).not.toThrow()
  })

  it.each<[path: Path, line: string]>([
    [['port'], 'port = 3_005 # port = 2'],
    [['quoted key'], `"quoted key" = 'a # b'`],
    [['escaped'], '"esc\\u0061ped" = 1'],
    [['dotted'], 'dotted . key = 1979-05-27 07:32:00'],
    [['dotted', 'key'], 'dotted . key = 1979-05-27 07:32:00'],
    [['brokers'], '[brokers.main]'],
    [['brokers', 'main'], '[brokers.main]'],
    [['brokers', 'main', 'url'], 'url = "redis://[::1]"'],
    [['brokers', 'main', 'raw'], "raw = '''"],
    [['brokers', 'main', 'list'], 'list = [ "a", # comment ]'],
    [['brokers', 'main', 'list', 1], '  "b]", [1,'],
    [['brokers', 'main', 'list', 2, 1], '  2],'],
    [['brokers', 'main', 'list', 3, 'x'], '  { x = 1 } ]'],
    [['brokers', 'main', 'inline', 'b', 'c'], 'inline = { a = 1, b.c = "}", d = { e = [ 1 ] } }'],
    [['brokers', 'main', 'inline', 'd', 'e', 0], 'inline = { a = 1, b.c = "}", d = { e = [ 1 ] } }'],
    [['brokers', 'other one', 'type'], '  type = "x"'],
    [['bridge'], '[[bridge]]'],
    [['bridge', 0, 'from'], 'from = "a"'],
    [['bridge', 1, 'from'], 'from = "b"'],
    [['bridge', 1, 'options', 'deep'], 'deep = 1'],
    [['bridge', 1, 'items', 1, 'n'], 'n = 2'],
  ])('finds %j', (path, line) => {
    expect(lineOf(text, ...path)).toBe(line)
  })

  it('finds the table of a key that does not exist, and nothing if there is no table either', () => {
    expect(lineOf(text, 'brokers', 'main', 'password')).toBe('[brokers.main]')
    expect(tomlLines(text).of(['nowhere'])).toBeUndefined()
    expect(tomlLines(text).of([])).toBeUndefined()
  })

  it('counts lines with Windows line ends, after a byte order mark', () => {
    expect(tomlLines('\ufeffa = 1\r\n\r\n[b]\r\nc = """\r\n\r\n"""\r\nd = 2').of(['b', 'd'])).toBe(7)
  })

  it('finds every key of a text that the library has written', () => {
    const key = fc.oneof(fc.stringMatching(/^[\w-]{1,8}$/), fc.string({ minLength: 1, maxLength: 6 }))
    const leaf = fc.oneof(fc.string({ unit: 'grapheme' }), fc.integer(), fc.boolean())
    const item = fc.oneof(leaf, fc.dictionary(key, leaf, { maxKeys: 3 }))
    const items = fc.oneof(
      fc.array(leaf, { maxLength: 3 }),
      fc.array(fc.dictionary(key, fc.oneof(leaf, fc.dictionary(key, leaf, { maxKeys: 2 })), { maxKeys: 3 }), {
        maxLength: 3,
      }),
    )
    fc.assert(
      fc.property(fc.dictionary(key, fc.oneof(item, items, fc.dictionary(key, item, { maxKeys: 3 }))), (table) => {
        const written = stringify(table)
        const lines = tomlLines(written)
        for (const path of leaves(parse(written))) {
          const line = written.split('\n')[(lines.of(path) ?? 0) - 1] ?? ''
          expect(valueAt(parse(`${line}\n`), path)).toEqual(valueAt(parse(written), path))
        }
      }),
    )
  })
})

/** The paths of all values that have a line of their own. */
function leaves(value: unknown, path: Path = []): readonly Path[] {
  if (Array.isArray(value) && value.every((item) => typeof item === 'object'))
    return value.flatMap((item, i) => leaves(item, [...path, i]))
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [path]
  return Object.entries(value).flatMap(([key, item]) => leaves(item, [...path, key]))
}

/** The value of a path's last key, in a line that was taken out of its table. */
function valueAt(table: unknown, path: Path): unknown {
  const found = path.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], table)
  return found === undefined ? (table as Record<string, unknown>)[path.at(-1) as string] : found
}
