import { readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import Libsql from 'libsql'
import { describe, expect, it, onTestFinished } from 'vitest'
import { temporaryFolder } from '../../../test/servers/temporary-folder.js'
import { faultOfFile } from './file-fault.js'
import { closeFile, openFile } from './open-file.js'
import { prepareTables, type Schema } from './schema.js'

const newFile = (): string => path.join(temporaryFolder(), 'wildcast.db')

/** Makes a database of SQLite. */
function make(file: string, sql: string): void {
  const database = new Libsql(file)
  database.exec(sql)
  closeFile(database)
}

describe('opening the file of a store', () => {
  it.each<[string, (file: string) => string, RegExp]>([
    [
      'in a folder that is missing',
      (file) => path.join(file, '..', 'none', 'a.db'),
      /folder that does not exist; create/,
    ],
    ['that is a folder', (file) => path.dirname(file), /is not a file; name/],
    [
      'that is no database',
      (file) => {
        writeFileSync(file, 'a text '.repeat(1000))
        return file
      },
      /no SQLite database; restore a backup/,
    ],
    [
      'that is a database of another program',
      (file) => {
        make(file, 'CREATE TABLE a (b)')
        return file
      },
      /database of another program; name another/,
    ],
    [
      'of a newer version',
      (file) => {
        closeFile(openFile(file))
        make(file, 'PRAGMA user_version = 4')
        return file
      },
      /newer version of wildcast \(it has version 4, and this program writes version 3\); update wildcast/,
    ],
    [
      'that another relay has open',
      (file) => {
        const other = openFile(file)
        onTestFinished(() => closeFile(other))
        return file
      },
      /in use by another process, such as a running relay; stop that process/,
    ],
  ])('refuses one %s, and names the remedy', (_, prepare, wanted) => {
    const file = prepare(newFile())
    expect(() => openFile(file)).toThrow(wanted)
    expect(() => openFile(file)).toThrow(file)
  })

  it('finds the same faults from the header alone, except that another relay has it open', () => {
    const [foreign, newer, inUse] = [newFile(), newFile(), newFile()]
    make(foreign, 'CREATE TABLE a (b)')
    closeFile(openFile(newer))
    make(newer, 'PRAGMA user_version = 4')
    const open = openFile(inUse)
    onTestFinished(() => closeFile(open))
    expect(faultOfFile(foreign)).toContain('another program')
    expect(faultOfFile(newer)).toContain('newer version')
    expect(faultOfFile(inUse)).toBeUndefined()
    expect(faultOfFile(newFile())).toBeUndefined()
  })

  it('leaves one file without a WAL when it is closed', () => {
    const file = newFile()
    closeFile(openFile(file))
    expect(readdirSync(path.dirname(file))).toEqual(['wildcast.db'])
  })
})

describe('a file of an older version', () => {
  const old: Schema = { version: 0, create: 'CREATE TABLE things (name TEXT)', migrations: {} }
  const now: Schema = {
    version: 2,
    create: '',
    migrations: {
      0: 'ALTER TABLE things ADD COLUMN size INTEGER NOT NULL DEFAULT 7',
      1: 'ALTER TABLE things RENAME TO items',
    },
  }

  function openOld(): Libsql.Database {
    const database = new Libsql(newFile())
    onTestFinished(() => closeFile(database))
    prepareTables(database, old)
    database.exec("INSERT INTO things VALUES ('a')")
    return database
  }

  it('is migrated step by step, and keeps its values', () => {
    const database = openOld()
    expect(prepareTables(database, now)).toBeUndefined()
    expect(database.prepare('SELECT name, size FROM items').raw().all()).toEqual([['a', 7]])
    expect(database.prepare('PRAGMA user_version').raw().all()).toEqual([[2]])
    expect(prepareTables(database, now)).toBeUndefined()
    expect(prepareTables(database, old)).toContain('newer version')
  })

  it('stays as it was when a step fails', () => {
    const database = openOld()
    const broken = { ...now, migrations: { ...now.migrations, 1: 'ALTER TABLE none RENAME TO items' } }
    expect(() => prepareTables(database, broken)).toThrow('no such table')
    expect(database.prepare('SELECT * FROM things').raw().all()).toEqual([['a']])
    expect(database.prepare('PRAGMA user_version').raw().all()).toEqual([[0]])
  })
})
