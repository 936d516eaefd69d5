import path from 'node:path'
import { type Subject, WildcastError } from '@wildcast/protocol'
import { describe, expect, it, onTestFinished } from 'vitest'
import { temporaryFolder } from '../../../test/servers/temporary-folder.js'
import { defaultStoreLimits } from '../limits.js'
import type { Database } from './database.js'
import type { FileWrite, Outcome } from './file-write.js'
import { closeFile, openFile } from './open-file.js'
import { ValuesFile } from './values-file.js'

const start = { now: 1_700_000_000_000, random: 0.5 }
const big = 'x'.repeat(20_000)

function open(file = path.join(temporaryFolder(), 'wildcast.db')): { database: Database; values: ValuesFile } {
  const database = openFile(file)
  onTestFinished(() => {
    if (database.open) closeFile(database)
  })
  return { database, values: new ValuesFile(database, defaultStoreLimits, start) }
}

const put = (subject: string, payload = 'x', more: Partial<FileWrite> = {}): FileWrite => ({
  subject: subject as Subject,
  payload,
  ...more,
})
const revisionOf = (outcome: Outcome | undefined): string => (outcome?.kind === 'written' ? outcome.revision : '')
const subjectsIn = (values: ValuesFile): string[] => [...values.all()].map(({ subject }) => subject)

describe('a file that can not grow', () => {
  /** Fills a file to a few pages. */
  function full(): ReturnType<typeof open> {
    const opened = open()
    opened.database.prepare('PRAGMA max_page_count = 30').all()
    return opened
  }

  it('refuses the values without room, and keeps all that was acknowledged', () => {
    const { values } = full()
    const kept: string[] = []
    let outcome: Outcome | undefined
    for (let i = 0; outcome?.kind !== 'failed'; i++) {
      ;[outcome] = values.write([put(`key.${i}`, big)], 0)
      if (outcome?.kind === 'written') kept.push(`key.${i}`)
    }
    expect(outcome.failure).toMatchObject({ code: 'storage_full', message: expect.stringContaining('free some space') })
    expect(subjectsIn(values)).toEqual(kept)
    expect(values.contents.values).toBe(kept.length)
    values.write([put('key.0', '')], 0)
    expect(values.write([put('key.new', 'small')], 0)).toMatchObject([{ kind: 'written' }])
  })

  it('refuses only those of a group that have no room, and gives each of the others one revision', () => {
    const { values } = full()
    const group = [put('a'), put('b', big.repeat(10)), put('c'), put('d', big.repeat(10)), put('e')]
    const outcomes = values.write(group, 0)
    expect(outcomes.map(({ kind }) => kind)).toEqual(['written', 'failed', 'written', 'failed', 'written'])
    expect(subjectsIn(values)).toEqual(['a', 'c', 'e'])
    expect([...values.all()].map(({ revision }) => revision)).toEqual(
      outcomes.flatMap((outcome) => (outcome.kind === 'written' ? [outcome.revision] : [])),
    )
  })
})

describe('a group of writes', () => {
  it('tests each condition on the writes before it', () => {
    const { values } = open()
    const [first, second, third] = values.write(
      [put('key', 'a', { ifRevision: null }), put('key', 'b', { ifRevision: null }), put('key', '')],
      0,
    )
    expect(second).toEqual({ kind: 'refused', revision: revisionOf(first) })
    expect(revisionOf(third) > revisionOf(first)).toBe(true)
    expect(subjectsIn(values)).toEqual([])
  })

  it('is undone as a whole when it fails, and takes its numbers back', () => {
    const { values } = open()
    const [first] = values.write([put('key', 'a')], 0)
    expect(() =>
      values.transaction(() => {
        values.apply(put('key', 'b'), 0)
        values.apply(put('other', 'b'), 0)
        throw new WildcastError('internal', 'stop')
      }),
    ).toThrow('stop')
    expect([...values.all()]).toMatchObject([{ subject: 'key', payload: 'a', revision: revisionOf(first) }])
    expect(values.contents).toEqual({ values: 1, messages: 0, bytes: 4, messageBytes: 0 })
    expect(revisionOf(values.write([put('third')], 0)[0])).toBe(revisionOf(first).replace(/1$/, '2'))
  })
})

describe('the terms of a file', () => {
  it('begin with the first change after each opening, and are remembered with their ends (FX-STO-3)', () => {
    const file = path.join(temporaryFolder(), 'wildcast.db')
    const revisions: string[] = []
    for (const writes of [2, 0, 3, 1]) {
      const { database, values } = open(file)
      for (let i = 0; i < writes; i++) revisions.push(revisionOf(values.write([put(`key.${i}`)], 0)[0]))
      closeFile(database)
    }
    expect(revisions).toEqual([...new Set(revisions)].sort())
    const { database } = open(file)
    const terms = [...new Set(revisions.map((revision) => revision.slice(0, 10)))]
    expect(database.prepare('SELECT term, last FROM terms ORDER BY term').raw().all()).toEqual(
      terms.map((term, i) => [term, [2, 3, 1][i]]),
    )
  })
})

describe('a sweep', () => {
  it('does a part of many changes at once', () => {
    const { values } = open()
    values.write(
      Array.from({ length: 2500 }, (_, i) => put(`key.${i}`, 'x', { ttlMs: 10 })),
      0,
    )
    expect(values.sweep(9)).toEqual({ changes: [], more: false })
    const parts = [values.sweep(10), values.sweep(10), values.sweep(10)]
    expect(parts.map(({ changes, more }) => [changes.length, more])).toEqual([
      [1000, true],
      [1000, true],
      [500, false],
    ])
    expect(subjectsIn(values)).toEqual([])
  })

  it('removes a lease that has expired and has no wills', () => {
    const { database, values } = open()
    values.renew('relay', 0)
    values.sweep(15_000)
    expect(database.prepare('SELECT * FROM leases').all()).toEqual([])
  })
})

describe('a page', () => {
  it('examines subjects in steps, between which others may write', () => {
    const { values } = open()
    values.write(
      Array.from({ length: 2500 }, (_, i) => put(`key.${i}.x`)),
      0,
    )
    values.write([put('key.999.y')], 0)
    const steps = values.page('key.*.y' as Subject, { values: 10, bytes: 1000 })
    expect(steps.next()).toEqual({ done: false, value: undefined })
    values.write([put('key.5.x', '')], 0)
    let step = steps.next()
    for (; !step.done; step = steps.next());
    expect(step.value.values.map(({ subject }) => subject)).toEqual(['key.999.y'])
  })
})
