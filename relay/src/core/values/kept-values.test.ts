import { type BrokerMessage, parsePattern, parseSubject, WildcastError } from '@wildcast/protocol'
import { describe, expect, it } from 'vitest'
import { fakeClock } from '../../testing/fake-clock.js'
import { settled } from '../../testing/scripted-link.js'
import type { StoredValue, ValuePage, ValueStore } from '../store.js'
import { KeptValues } from './kept-values.js'

interface Answer<Value> {
  resolve(value: Value): void
  reject(cause: unknown): void
}

/** A store whose pages and marks wait until the test answers them. */
function heldStore() {
  const pages: Answer<ValuePage>[] = []
  const marks: Answer<void>[] = []
  const store: ValueStore = {
    page: () => new Promise((resolve, reject) => void pages.push({ resolve, reject })),
    mark: () => new Promise((resolve, reject) => void marks.push({ resolve, reject })),
    read: () => undefined,
    write: () => ({ kind: 'unchanged' }),
  }
  return { store, pages, marks }
}

const value = (subject: string, revision: string, payload = revision): StoredValue => ({
  subject: parseSubject(subject),
  revision,
  payload,
})

const unnumbered = (subject: string, payload: string): StoredValue & BrokerMessage => ({
  ...value(subject, '', payload),
  revision: undefined,
  retained: true,
})

const change = (subject: string, revision: string): BrokerMessage => value(subject, revision)
const deletion = (subject: string, revision: string): BrokerMessage => ({
  ...value(subject, revision, ''),
  deleted: true,
})

function kept(limit = 10_000) {
  const held = heldStore()
  const room = { used: 0, limit }
  const values = new KeptValues({ store: held.store, pattern: parsePattern('a.*'), clock: fakeClock(), room })
  const log: string[] = []
  const reader = (name: string) => ({
    ready: () => void log.push(`${name} ready`),
    pause: () => void log.push(`${name} pause`),
    failed: ({ code }: WildcastError) => void log.push(`${name} ${code}`),
  })
  const content = (): Record<string, string | undefined> =>
    Object.fromEntries([...values_(values)].map(({ message }) => [message.subject, message.revision]))
  const shown = (): Record<string, unknown> =>
    Object.fromEntries([...values_(values)].map(({ message }) => [message.subject, message.payload]))
  /** Answers the first read with one page, and the mark after it. */
  const fill = async (...found: StoredValue[]): Promise<void> => {
    held.pages.shift()?.resolve({ values: found })
    await settled()
    held.marks.shift()?.resolve()
    await settled()
  }
  return { ...held, room, values, log, reader, content, shown, fill }
}

const values_ = (values: KeptValues) => ({ [Symbol.iterator]: () => values[Symbol.iterator]() })

describe('kept values', () => {
  it('are read once for all readers, which are ready after a mark', async () => {
    const { values, log, reader, content, pages, marks, fill } = kept()
    values.ask(reader('first'))
    values.ask(reader('second'))
    expect(pages).toHaveLength(1)
    pages[0]?.resolve({ values: [value('a.x', '1')], next: parseSubject('a.x') })
    await settled()
    pages[1]?.resolve({ values: [value('a.y', '2')] })
    await settled()
    expect([log, marks.length]).toEqual([[], 1])
    marks.shift()?.resolve()
    await settled()
    expect(log).toEqual(['first ready', 'second ready'])
    expect(content()).toEqual({ 'a.x': '1', 'a.y': '2' })
    values.ask(reader('third'))
    await settled()
    expect([pages.length, marks.length]).toEqual([2, 1])
    await fill()
    expect(log.at(-1)).toBe('third ready')
  })

  it('a reader that asks while a mark is on its way waits for the next one', async () => {
    const { values, log, reader, pages, marks } = kept()
    values.ask(reader('first'))
    pages[0]?.resolve({ values: [] })
    await settled()
    values.ask(reader('late'))
    await settled()
    expect(marks).toHaveLength(1)
    marks[0]?.resolve()
    await settled()
    expect(log).toEqual(['first ready'])
    marks[1]?.resolve()
    await settled()
    expect(log).toEqual(['first ready', 'late ready'])
  })

  it('a page never replaces a newer change, nor brings back what was deleted meanwhile', async () => {
    const { values, reader, content, fill } = kept()
    values.ask(reader('first'))
    values.observe(change('a.new', '5'))
    values.observe(change('a.gone', '6'))
    values.observe(deletion('a.gone', '7'))
    values.observe(deletion('a.later', '2'))
    await fill(value('a.new', '4'), value('a.gone', '6'), value('a.later', '3'), value('a.still', '1'))
    expect(content()).toEqual({ 'a.new': '5', 'a.later': '3', 'a.still': '1' })
  })

  it('without revisions are replaced in the order of delivery, and a delivered change wins over a page', async () => {
    const { values, reader, shown, fill } = kept()
    values.ask(reader('first'))
    values.observe(unnumbered('a.new', 'live'))
    values.observe(unnumbered('a.gone', 'live'))
    values.observe({ ...unnumbered('a.gone', ''), deleted: true })
    await fill(unnumbered('a.new', 'read'), unnumbered('a.gone', 'read'), unnumbered('a.still', 'read'))
    expect(shown()).toEqual({ 'a.new': 'live', 'a.still': 'read' })
    values.observe(unnumbered('a.still', 'live'))
    values.observe({ ...unnumbered('a.new', ''), deleted: true })
    expect(shown()).toEqual({ 'a.still': 'live' })
  })

  it('an earlier change that comes after the page is passed over, and an equal one counts as received', async () => {
    const { values, reader, fill } = kept()
    values.ask(reader('first'))
    await fill(value('a.x', '5'))
    const before = values.changes
    values.observe(change('a.x', '4'))
    expect([...values_(values)]).toMatchObject([{ message: { revision: '5' }, seen: 0 }])
    values.observe(change('a.x', '5'))
    expect([...values_(values)]).toMatchObject([{ message: { revision: '5' }, seen: before + 2 }])
  })

  it('know what subscribers had of a value before a change', async () => {
    const { values, reader, fill } = kept()
    const before = (message: BrokerMessage): string | undefined => values.observe(message)?.revision
    expect(before(change('a.x', '1'))).toBe(undefined)
    values.ask(reader('first'))
    expect(before(change('a.w', '2'))).toBe(undefined)
    expect(before(change('a.w', '3'))).toBe('2')
    await fill(value('a.x', '5'), value('a.y', '6'))
    expect(before(change('a.y', '7'))).toBe('6')
    expect(before(deletion('a.y', '8'))).toBe('7')
    expect(before(change('a.y', '9'))).toBe(undefined)
  })

  it('were read ahead of changes: those that are passed over are what subscribers had', async () => {
    const { values, reader, fill } = kept()
    const before = (message: BrokerMessage): string | undefined => values.observe(message)?.revision
    values.ask(reader('first'))
    await fill(value('a.x', '5'))
    expect(before(change('a.x', '3'))).toBe(undefined)
    expect(before(change('a.x', '4'))).toBe('3')
    expect(before(change('a.x', '5'))).toBe('4')
    expect(before(change('a.x', '6'))).toBe('5')
  })

  it('follow changes, and keep nothing that was deleted', async () => {
    const { values, room, reader, content, fill } = kept()
    values.ask(reader('first'))
    await fill(value('a.x', '1'))
    const used = room.used
    values.observe(change('a.y', '2'))
    values.observe(deletion('a.y', '3'))
    expect([content(), room.used]).toEqual([{ 'a.x': '1' }, used])
  })

  it('are read again after a loss, when readers have paused and asked again', async () => {
    const { values, log, reader, content, pages, fill } = kept()
    const first = reader('first')
    values.ask(first)
    await fill(value('a.x', '1'), value('a.gone', '2'))
    values.refill()
    expect(log).toEqual(['first ready', 'first pause'])
    await fill(value('a.x', '3'))
    expect(log).toHaveLength(2)
    values.ask(first)
    await settled()
    await fill()
    expect(log.at(-1)).toBe('first ready')
    expect([content(), pages.length]).toEqual([{ 'a.x': '3' }, 0])
  })

  it('a read that began before a loss has no effect', async () => {
    const { values, reader, content, pages, fill } = kept()
    values.ask(reader('first'))
    const [before] = pages.splice(0)
    values.refill()
    before?.resolve({ values: [value('a.x', '9')] })
    await settled()
    await fill(value('a.y', '1'))
    expect(content()).toEqual({ 'a.y': '1' })
  })

  it.each(['broker_down', 'interrupted'] as const)('wait for the link after %s, and are read again', async (code) => {
    const { values, log, reader, pages, marks, fill } = kept()
    values.ask(reader('first'))
    pages.shift()?.reject(new WildcastError(code, 'the link is down'))
    await settled()
    expect([log, pages.length]).toEqual([[], 0])
    values.refill()
    pages.shift()?.resolve({ values: [] })
    await settled()
    marks.shift()?.reject(new WildcastError(code, 'the link is down'))
    await settled()
    expect(log).toEqual([])
    values.refill()
    await fill()
    expect(log).toEqual(['first ready'])
  })

  it('end their readers if the store refuses', async () => {
    const { values, log, reader, pages } = kept()
    values.ask(reader('first'))
    pages[0]?.reject(new WildcastError('forbidden', 'no permission'))
    await settled()
    expect([log, values.isUnused]).toEqual([['first forbidden'], true])
  })

  it('end their readers past the limit, and free the memory', async () => {
    const { values, room, log, reader, fill } = kept(1000)
    values.ask(reader('first'))
    await fill(value('a.x', '1', 'x'.repeat(500)))
    values.observe({ ...change('a.y', '2'), payload: 'y'.repeat(500) })
    expect([log, room.used]).toEqual([['first ready', 'first too_large'], 0])
  })

  it('are forgotten with the last reader', async () => {
    const { values, room, reader, pages, fill } = kept()
    const first = reader('first')
    values.ask(first)
    await fill(value('a.x', '1'))
    values.leave(first)
    expect(room.used).toBe(0)
    values.ask(first)
    expect(pages).toHaveLength(1)
  })
})
