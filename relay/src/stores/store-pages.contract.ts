import { type BrokerMessage, parsePattern, type Subject } from '@wildcast/protocol'
import { expect, it } from 'vitest'
import type { Broker } from '../core/broker.js'
import { text } from '../testing/broker-under-test.js'
import { read, readAll, type StoreUnderTest, subjectsOf, valuesOf, write } from '../testing/store-under-test.js'

const derived = 'request.01JAVA0ZZZZZZZZZZZZZZZZZZZ'

/** The contract of stores for pages of values. */
export function pagesContract({ open, lacks = [] }: StoreUnderTest): void {
  const relay = async () => (await open()).relay()
  const filled = async (subjects: readonly string[]): Promise<Broker> => {
    const broker = await relay()
    for (const subject of subjects) await write(broker, subject, subject)
    return broker
  }

  it('gives the values of a pattern in the order of their subjects, page by page', async () => {
    const subjects = ['a.7', 'a.10', 'a.b.c', 'a.1', 'a-b.1', 'A.1', 'a.b', 'b.1', 'a.9']
    const broker = await filled(subjects)
    const pages = await readAll(broker, '**', { values: 2 })
    expect(pages.flat().map(({ subject }) => subject)).toEqual([...subjects].sort())
    for (const page of pages) expect(page.length).toBeLessThanOrEqual(2)
    expect(pages.flat().map((value) => text(value))).toEqual([...subjects].sort())
  })

  it('has no further page after the last', async () => {
    const broker = await filled(['a.1', 'a.2'])
    const values = valuesOf(broker)
    const page = await values.page(parsePattern('a.*'), { values: 3, bytes: 1000 })
    expect({ found: page.values.length, next: page.next }).toEqual({ found: 2, next: undefined })
    expect(await readAll(broker, 'none.*')).toEqual([[]])
  })

  it('ends a page after its bytes, but not before its first value', async () => {
    const broker = await relay()
    for (let i = 0; i < 6; i++) await write(broker, `key.${i}`, 'x'.repeat(1000))
    const sizes = async (bytes: number): Promise<number[]> =>
      (await readAll(broker, 'key.*', { bytes })).map((page) => page.length).filter((length) => length > 0)
    expect(await sizes(1)).toEqual([1, 1, 1, 1, 1, 1])
    for (const length of await sizes(2500)) expect(length).toBeLessThanOrEqual(3)
    expect((await sizes(100_000)).reduce((sum, length) => sum + length, 0)).toBe(6)
  })

  it('gives the revision, headers, user and bytes of each value', async () => {
    const broker = await relay()
    const payload = Uint8Array.of(0xff, 0, 0xfe)
    const headers = [['trace', '1']] as const
    await write(broker, 'key', payload, { headers, user: 'ada' })
    const [value] = (await readAll(broker, '*')).flat()
    expect(value).toMatchObject({ subject: 'key', headers, ...(!lacks.includes('users') && { user: 'ada' }) })
    expect(value?.revision).toBe((await read(broker, 'key'))?.revision)
    expect([...Buffer.from((value as BrokerMessage).payload)]).toEqual([...payload])
  })

  it.each([
    ['a', []],
    ['a.b', ['a.b']],
    ['a.*', ['a.b', 'a.c']],
    ['a.>', ['a.b', 'a.b.c', 'a.b.d', 'a.bc.d', 'a.c']],
    ['a.b.**', ['a.b', 'a.b.c', 'a.b.d']],
    ['a.b.>', ['a.b.c', 'a.b.d']],
    ['a.*.d', ['a.b.d', 'a.bc.d']],
    ['*.b', ['a-b.b', 'a.b']],
    ['**.d', ['a.b.d', 'a.bc.d', 'd']],
    ['*', ['d']],
    ['a.**.c', ['a.b.c', 'a.c']],
    ['**', ['a-b.b', 'a.b', 'a.b.c', 'a.b.d', 'a.bc.d', 'a.c', 'd']],
  ])('gives for %s the values that it matches: %j', async (pattern, found) => {
    const broker = await filled(['a.b', 'a.c', 'a.b.c', 'a.b.d', 'a.bc.d', 'a-b.b', 'd'])
    expect(await subjectsOf(broker, pattern)).toEqual(found)
  })

  it('gives a value once that was deleted and written again', async () => {
    const broker = await filled(['a.1', 'a.2', 'a.3'])
    await write(broker, 'a.2', '')
    expect(await subjectsOf(broker, 'a.*')).toEqual(['a.1', 'a.3'])
    for (const payload of ['x', 'y']) await write(broker, 'a.2', payload)
    expect(await subjectsOf(broker, 'a.*')).toEqual(['a.1', 'a.2', 'a.3'])
  })

  it('hides reserved subjects from leading wildcards, and gives them to a pattern that names them', async () => {
    const broker = await relay()
    // Clients can not write the first two; the relay itself can.
    const system = lacks.includes('reserved subjects') ? [] : ['$sys.x']
    const reserved = [...system, '_inner.x', `${derived}.x`] as Subject[]
    for (const subject of reserved) await valuesOf(broker).write({ message: { subject, payload: 'x' } })
    await write(broker, 'open.x', 'x')
    for (const pattern of ['**', '*.x', '**.x']) expect(await subjectsOf(broker, pattern)).toEqual(['open.x'])
    for (const subject of reserved) expect(await subjectsOf(broker, subject.replace(/x$/, '*'))).toEqual([subject])
  })

  it('continues after a subject whose value was deleted', async () => {
    const broker = await filled(['a.1', 'a.2', 'a.3'])
    const values = valuesOf(broker)
    const pattern = parsePattern('a.*')
    await write(broker, 'a.2', '')
    const page = await values.page(pattern, { after: 'a.2' as Subject, values: 10, bytes: 1000 })
    expect(page.values.map(({ subject }) => subject)).toEqual(['a.3'])
    const rest = await values.page(pattern, { after: 'a.3' as Subject, values: 10, bytes: 1000 })
    expect(rest).toEqual({ values: [], next: undefined })
  })

  it('gives each value that stays exactly once while others come and go', async () => {
    const broker = await relay()
    const stay = Array.from({ length: 40 }, (_, i) => `stay.${String(i).padStart(2, '0')}`)
    for (const subject of stay) await write(broker, subject, 'old')
    const found: string[] = []
    let after: Subject | undefined
    let turn = 0
    do {
      const next = stay[turn++ % 40] as string
      const [page] = await Promise.all([
        valuesOf(broker).page(parsePattern('stay.*'), { after, values: 3, bytes: 1000 }),
        write(broker, `${next}-other`, 'other'),
        write(broker, `${stay[(turn * 7) % 40]}-other`, ''),
        write(broker, next, 'new'),
      ])
      found.push(...page.values.map(({ subject }) => subject))
      after = page.next
    } while (after !== undefined)
    expect(found).toEqual([...found].sort())
    expect(found.filter((subject) => !subject.endsWith('other'))).toEqual(stay)
  })
}
