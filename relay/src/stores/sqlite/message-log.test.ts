import path from 'node:path'
import { type Pattern, parsePattern, type Subject } from '@wildcast/protocol'
import { describe, expect, it, onTestFinished } from 'vitest'
import { temporaryFolder } from '../../../test/servers/temporary-folder.js'
import { type HistoryRule, HistoryRules } from '../../core/history-rules.js'
import type { HistoryPage, HistoryPageRequest } from '../../core/history-store.js'
import { noPosition } from '../../core/position.js'
import { rule } from '../../testing/history-under-test.js'
import { defaultStoreLimits, type StoreLimits } from '../limits.js'
import type { FileWrite } from './file-write.js'
import { closeFile, openFile } from './open-file.js'
import { ValuesFile } from './values-file.js'

const now = 1_700_000_000_000

/** A file that is opened again and again, each time with other rules. */
function storeFile(): (rules?: readonly HistoryRule[], limits?: Partial<StoreLimits>) => ValuesFile {
  const file = path.join(temporaryFolder(), 'wildcast.db')
  let close = (): void => {}
  onTestFinished(() => close())
  return (rules, limits) => {
    close()
    const database = openFile(file)
    close = () => closeFile(database)
    const start = { now, random: 0.5 }
    return new ValuesFile(database, { ...defaultStoreLimits, ...limits }, start, rules && new HistoryRules(rules))
  }
}

const message = (subject: string, payload = 'x', more: Partial<FileWrite> = {}): FileWrite => ({
  subject: subject as Subject,
  payload,
  append: true,
  ...more,
})

function add(store: ValuesFile, subject: string, payload?: string, at = now): string {
  const [outcome] = store.write([message(subject, payload)], at)
  if (outcome?.kind !== 'written') throw new Error(`it was ${outcome?.kind}`)
  return outcome.revision
}

const payloads = (store: ValuesFile): unknown[] => [...store.allMessages()].map(({ payload }) => payload)
const forgotten = (store: ValuesFile, pattern: string): string =>
  store.historyState(parsePattern(pattern), noPosition).forgotten

/** Reads a page to its end. Returns it with the number of its steps. */
function readPage(
  store: ValuesFile,
  pattern: Pattern,
  request: Partial<HistoryPageRequest> = {},
  between: () => void = () => {},
): { readonly page: HistoryPage; readonly steps: number } {
  const reading = store.historyPage(pattern, { messages: 100, bytes: 1024 * 1024, ...request })
  for (let steps = 1; ; steps++) {
    const step = reading.next()
    if (step.done) return { page: step.value, steps }
    between()
  }
}

describe('rules that change', () => {
  it('forget the messages that no rule names any longer', () => {
    const open = storeFile()
    const first = open([rule('room.**')])
    for (const subject of ['room.1.msg', 'room.1.typing', 'room.2.msg']) add(first, subject, subject)
    const second = open([rule('room.*.msg')])
    expect(payloads(second)).toEqual(['room.1.msg', 'room.2.msg'])
    expect(second.contents).toMatchObject({ messages: 2, messageBytes: 40 })
    // Its subjects were all kept before.
    expect([forgotten(second, 'room.1.msg'), forgotten(second, 'room.*.msg')]).toEqual([noPosition, noPosition])
    expect(payloads(open([]))).toEqual([])
  })

  it('begin with the present number, unless all of their subjects were kept before', () => {
    const open = storeFile()
    const last = add(open([rule('log.a')]), 'log.a')
    const store = open([rule('log.*'), rule('other')])
    expect(forgotten(store, 'log.a')).toBe(noPosition) // its messages are all there
    for (const pattern of ['log.b', 'log.*', 'other']) expect(forgotten(store, pattern) > last).toBe(true)
    expect(payloads(store)).toEqual(['x'])
  })

  it('have a gap if there were none for a while, also without a change of a value since', () => {
    const open = storeFile()
    const last = add(open([rule('log')]), 'log')
    open([])
    expect(forgotten(open([rule('log')]), 'log') > last).toBe(true)
  })

  it('have a gap in a file that an earlier relay had without rules', () => {
    const open = storeFile()
    open([])
    expect(forgotten(open([rule('log')]), 'log') > noPosition).toBe(true)
  })

  it('take over what others have forgotten, when subjects pass from one to another', () => {
    const open = storeFile()
    const first = open([rule('room.1', { messages: 1, ageMs: 1000 }), rule('room.*')])
    const lost = add(first, 'room.1', 'lost')
    first.forget(now + 1000)
    const kept = add(first, 'room.2', 'kept')
    expect(forgotten(first, 'room.2')).toBe(noPosition)
    const second = open([rule('room.*')])
    expect(forgotten(second, 'room.1')).toBe(lost)
    expect(forgotten(second, 'room.*')).toBe(lost)
    expect(forgotten(second, 'room.2')).toBe(noPosition)
    expect(readPage(second, parsePattern('room.*')).page.messages).toMatchObject([{ position: kept }])
  })

  it('with a lower number trim at the opening', () => {
    const open = storeFile()
    const first = open([rule('log.*', { messages: 10 })])
    const positions = Array.from({ length: 10 }, (_, i) => add(first, 'log.a', `${i}`))
    add(first, 'log.b', 'b')
    const second = open([rule('log.*', { messages: 3 })])
    expect(payloads(second)).toEqual(['7', '8', '9', 'b'])
    expect([forgotten(second, 'log.a'), forgotten(second, 'log.*')]).toEqual([positions[6], positions[6]])
    expect(forgotten(second, 'log.b')).toBe(noPosition)
    add(second, 'log.a', '10')
    expect(payloads(second)).toEqual(['8', '9', 'b', '10'])
  })

  it('are not needed by a command, which leaves all messages as they are', () => {
    const open = storeFile()
    const first = open([rule('log', { messages: 2 })])
    const lost = add(first, 'log', '1')
    for (const payload of ['2', '3']) add(first, 'log', payload)
    expect(payloads(open())).toEqual(['2', '3'])
    expect(forgotten(open([rule('log', { messages: 2 })]), 'log')).toBe(lost)
  })
})

describe('imported messages', () => {
  it('get new numbers and keep their time, and the next relay applies its rules to them', () => {
    const open = storeFile()
    const command = open()
    const at = now - 5000
    command.write(
      ['a', 'b', 'c'].map((payload) => message('log.a', payload, { keptAt: at })),
      now,
    )
    command.write([message('none')], now)
    const store = open([rule('log.*', { messages: 2, ageMs: 10_000 })])
    expect([...store.allMessages()]).toMatchObject([
      { payload: 'b', keptAt: at },
      { payload: 'c', keptAt: at },
    ])
    store.forget(now + 5000)
    expect(payloads(store)).toEqual([])
  })

  it('may be less than there was: nothing before them is known', () => {
    const open = storeFile()
    const [imported] = open().write([message('log.a')], now)
    const first = imported?.kind === 'written' ? imported.revision : ''
    const store = open([rule('log.*')])
    const floors = ['log.a', 'log.*', 'log.b'].map((pattern) => forgotten(store, pattern))
    expect(floors[0] && floors[0] > noPosition && floors[0] < first).toBe(true)
    for (const floor of floors.slice(1)) expect(floor > noPosition).toBe(true)
  })
})

describe('a page', () => {
  it('of one subject reads none of the others', () => {
    const store = storeFile()([rule('room.*', { messages: 10_000 })])
    store.write(
      Array.from({ length: 6000 }, (_, i) => message(i % 3000 === 0 ? 'room.1' : 'room.2', `${i}`)),
      now,
    )
    const { page, steps } = readPage(store, parsePattern('room.1'))
    expect(page.messages).toHaveLength(2)
    expect(steps).toBe(1)
  })

  it('of a pattern that matches few of all yields to writes, and ends after 5000 messages', () => {
    const store = storeFile()([rule('room.*', { messages: 10_000 })])
    store.write(
      Array.from({ length: 8000 }, (_, i) => message(i === 7000 ? 'room.1' : 'room.2', `${i}`)),
      now,
    )
    const first = readPage(store, parsePattern('*.1'))
    expect(first).toMatchObject({ page: { messages: [] }, steps: 5 })
    const second = readPage(store, parsePattern('*.1'), { after: first.page.next })
    expect(second.page.messages).toMatchObject([{ payload: '7000' }])
    expect(second.page.next).toBeUndefined()
  })

  it('has the state of its last step: what is forgotten meanwhile is known, and what is kept is there', () => {
    const store = storeFile()([rule('room.*', { messages: 2000, ageMs: 1000 })])
    store.write(
      Array.from({ length: 2000 }, (_, i) => message('room.1', `${i}`)),
      now,
    )
    let last = ''
    const { page } = readPage(store, parsePattern('*.*'), { messages: 5000 }, () => {
      last ||= add(store, 'room.1', 'new')
    })
    expect(page.messages.at(-1)).toMatchObject({ position: last })
    expect(page.newest).toBe(last)
    expect(page.forgotten).toBe(page.messages[0]?.position)
  })
})

describe('the history of a file', () => {
  it('has the deletions of values that expire, and wills', () => {
    const store = storeFile()([rule('state.*')])
    const put = (subject: string, more: Partial<FileWrite>): FileWrite => ({
      subject: subject as Subject,
      payload: 'on',
      ...more,
    })
    store.write([put('state.a', { ttlMs: 1000 }), put('state.b', { will: { payload: 'off', lease: 'l' } })], now)
    store.sweep(now + 20_000)
    const { messages } = readPage(store, parsePattern('state.*')).page
    expect(messages.map(({ subject, payload, deleted }) => [subject, payload, deleted])).toEqual([
      ['state.a', 'on', undefined],
      ['state.b', 'on', undefined],
      ['state.a', '', true],
      ['state.b', 'off', undefined],
    ])
    expect(messages.every(({ revision, position }) => revision === position)).toBe(true)
  })

  it('takes back what a failed transaction has kept and forgotten', () => {
    const store = storeFile()([rule('log', { messages: 1 })])
    const first = add(store, 'log', '1')
    const before = store.contents
    expect(() =>
      store.transaction(() => {
        store.apply(message('log', '2'), now)
        throw new Error('stop')
      }),
    ).toThrow('stop')
    expect(payloads(store)).toEqual(['1'])
    expect(store.contents).toEqual(before)
    expect(forgotten(store, 'log')).toBe(noPosition)
    expect(add(store, 'log', '2') > first).toBe(true)
    expect(forgotten(store, 'log')).toBe(first)
  })

  it('counts its bytes with those of values, and has room for a message that replaces one of its size', () => {
    const store = storeFile()([rule('log', { messages: 1 })], { bytes: 100 })
    const outcome = (write: FileWrite) => store.write([write], now)[0]
    expect(outcome(message('log', 'x'.repeat(47)))).toMatchObject({ kind: 'written' })
    expect(outcome({ subject: 'key' as Subject, payload: 'x'.repeat(40) })).toMatchObject({ kind: 'written' })
    expect(outcome(message('log', 'y'.repeat(47)))).toMatchObject({ kind: 'written' })
    expect(outcome(message('log', 'y'.repeat(60)))).toMatchObject({ failure: { code: 'storage_full' } })
    expect(outcome({ subject: 'other' as Subject, payload: 'xxx' })).toMatchObject({
      failure: { code: 'storage_full' },
    })
    expect(payloads(store)).toEqual(['y'.repeat(47)])
  })

  it('forgets at most a thousand messages at once', () => {
    const store = storeFile()([rule('log', { messages: 5000, ageMs: 1000 })])
    store.write(
      Array.from({ length: 1500 }, () => message('log')),
      now,
    )
    expect([store.forget(now + 999), store.contents.messages]).toEqual([false, 1500])
    expect([store.forget(now + 1000), store.contents.messages]).toEqual([true, 500])
    expect([store.forget(now + 1000), store.contents.messages]).toEqual([false, 0])
  })
})
