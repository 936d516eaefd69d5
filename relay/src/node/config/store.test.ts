import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../../test/servers/temporary-folder.js'
import { inspect } from './inspect.js'

/** Checks a configuration in a folder with some files. Resolves with its problems. */
async function problemsOf(toml: string, prepare: (folder: string) => void = () => {}): Promise<string> {
  const folder = temporaryFolder()
  prepare(folder)
  const file = path.join(folder, 'wildcast.toml')
  writeFileSync(file, toml)
  return inspect(file).then(
    () => 'none',
    (cause: Error) => cause.message.replaceAll(`${folder}/`, ''),
  )
}

const broker = (store: string): string => `[brokers.main]\ntype = "memory"\nstore = ${store}\n`
const onDisk = broker('{ sqlite = "wildcast.db" }')

describe('the store of a memory broker', () => {
  it('is a file beside the configuration, and has limits', async () => {
    const folder = temporaryFolder()
    const file = path.join(folder, 'wildcast.toml')
    writeFileSync(file, broker('{ sqlite = "wildcast.db", values = 10, bytes = 2000 }'))
    const store = { sqlite: path.join(folder, 'wildcast.db'), values: 10, bytes: 2000 }
    expect((await inspect(file)).brokers.get('main')).toEqual({ type: 'memory', store })
  })

  it.each([
    [broker('{ values = 3 }'), 'none'],
    [broker('{ sqlite = "" }'), 'wildcast.toml:3: "sqlite" in [brokers.main.store] must not be empty; '],
    [broker('{ sqlite = 3 }'), 'wildcast.toml:3: "sqlite" in [brokers.main.store] must be text, in quotes'],
    [broker('{ sqllite = "a.db" }'), 'wildcast.toml:3: unknown key "sqllite" in [brokers.main.store]; did you mean'],
    [broker('{ values = 0 }'), 'wildcast.toml:3: "values" in [brokers.main.store] must be a whole number, from 1'],
    [broker('{ bytes = 1.5 }'), 'wildcast.toml:3: "bytes" in [brokers.main.store] must be a whole number of bytes'],
    [broker('"wildcast.db"'), 'wildcast.toml:3: "store" in [brokers.main] must be a table of keys and values'],
    [
      `${onDisk}[brokers.other]\ntype = "memory"\nstore.sqlite = "./wildcast.db"\n`,
      'wildcast.toml:6: "sqlite" in [brokers.other.store] is the file that broker "main" already has; choose another',
    ],
    [
      broker('{ sqlite = "none/wildcast.db" }'),
      'wildcast.toml:3: "sqlite" in [brokers.main.store] lies in a folder that does not exist; create the folder',
    ],
    [
      broker('{ sqlite = "wildcast.toml/a.db" }'),
      'wildcast.toml:3: "sqlite" in [brokers.main.store] lies in a folder that is a file',
    ],
  ])('%j: %s', async (toml, expected) => {
    expect(await problemsOf(toml)).toMatch(expected)
  })

  it.each<[string, (file: string) => void, string]>([
    ['a folder', (file) => mkdirSync(file), 'is not a file; name a file that does not exist yet, or a store'],
    ['a file that is no database', (file) => writeFileSync(file, 'x'.repeat(500)), 'is damaged, or is no SQLite'],
    ['an empty file', (file) => writeFileSync(file, ''), 'none'],
  ])('may not be %s', async (_, make, expected) => {
    expect(await problemsOf(onDisk, (folder) => make(path.join(folder, 'wildcast.db')))).toContain(expected)
  })
})
