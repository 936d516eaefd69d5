import { expect, it } from 'vitest'
import { listen, publish, text } from '../testing/broker-under-test.js'
import { read, revisionOfWrite, type StoreUnderTest, write } from '../testing/store-under-test.js'

/** The contract of stores that number their changes. */
export function revisionsContract({ open }: StoreUnderTest): void {
  const relay = async () => (await open()).relay()

  it('gives a change its revision, which rises over deletions', async () => {
    const broker = await relay()
    const inbox = await listen(broker, 'key')
    const revisions: string[] = []
    for (const payload of ['a', '', 'b']) revisions.push(await revisionOfWrite(broker, 'key', payload))
    expect((await inbox.take(3)).map(({ revision }) => revision)).toEqual(revisions)
    expect(revisions).toEqual([...new Set(revisions)].sort())
    expect((await read(broker, 'key'))?.revision).toBe(revisions[2])
  })

  it('changes nothing and delivers nothing when there is no value to delete', async () => {
    const broker = await relay()
    const inbox = await listen(broker, '**')
    expect(await write(broker, 'key', '')).toEqual({ kind: 'unchanged' })
    await write(broker, 'key', 'a')
    await write(broker, 'key', '')
    expect(await write(broker, 'key', '')).toEqual({ kind: 'unchanged' })
    await publish(broker, 'end', 'end')
    expect((await inbox.take(3)).map(text)).toEqual(['a', '', 'end'])
  })

  it('gives changes rising revisions of one width, whatever their subject', async () => {
    const broker = await relay()
    const revisions: string[] = []
    for (let i = 0; i < 100; i++)
      revisions.push(await revisionOfWrite(broker, `key.${i % 7}`, i % 5 === 4 ? 'x' : `${i}`))
    expect(revisions).toEqual([...new Set(revisions)].sort())
    for (const revision of revisions) expect(revision).toMatch(/^[0-9a-z]{10}-[0-9a-z]{9}$/)
  })

  it('delivers the changes of 4 concurrent writers in the order of their revisions', async () => {
    const broker = await relay()
    const inbox = await listen(broker, 'n.*')
    const writer = async (name: number): Promise<string[]> => {
      const revisions: string[] = []
      for (let i = 0; i < 50; i++) revisions.push(await revisionOfWrite(broker, `n.${i % 3}`, `${name} ${i}`))
      return revisions
    }
    const revisions = (await Promise.all([1, 2, 3, 4].map(writer))).flat()
    const messages = await inbox.take(200)
    expect(messages.map(({ revision }) => revision)).toEqual([...revisions].sort())
    for (const i of [0, 1, 2]) {
      const last = messages.filter((message) => message.subject === `n.${i}`).at(-1)
      expect((await read(broker, `n.${i}`))?.revision).toBe(last?.revision)
    }
  })
}
