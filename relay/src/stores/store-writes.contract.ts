import { type BrokerMessage, type Payload, parsePattern, payloadBytes } from '@wildcast/protocol'
import { expect, it } from 'vitest'
import { listen, publish, text } from '../testing/broker-under-test.js'
import { listener } from '../testing/listener.js'
import { read, revisionOfWrite, type StoreUnderTest, subjectsOf, valuesOf, write } from '../testing/store-under-test.js'

const bytesOf = (payload: Payload | undefined): number[] => [...payloadBytes(payload ?? '')]

/** The contract of stores for writes and reads of one relay. */
export function writesContract({ open }: StoreUnderTest): void {
  const relay = async () => (await open()).relay()

  it('offers a store with the feature "retained"', async () => {
    const broker = await relay()
    expect(broker.features.retained).toBe(true)
    expect(broker.values).toBeDefined()
  })

  it('keeps the value of a subject (FX-RET-1)', async () => {
    const broker = await relay()
    const revision = await revisionOfWrite(broker, 'key.v.1', '["one"]')
    const value = await read(broker, 'key.v.1')
    expect({ ...value, payload: undefined }).toEqual({ subject: 'key.v.1', revision })
    expect(text(value as BrokerMessage)).toBe('["one"]')
    expect(await read(broker, 'key.v')).toBeUndefined()
  })

  it.each([
    ['{"a":1}', '{"b":2}'],
    ['["a","b"]', '["c"]'],
    ['"abc"', '"de"'],
    ['5', '7'],
    ['1', '0'],
    ['1', 'false'],
    ['1', 'null'],
  ])('replaces the value %s by exactly %s (FX-RET-9)', async (first, last) => {
    const broker = await relay()
    await write(broker, 'key', first)
    await write(broker, 'key', last)
    expect(text((await read(broker, 'key')) as BrokerMessage)).toBe(last)
  })

  it('keeps the value when a message is published without "retain" (FX-RET-3)', async () => {
    const broker = await relay()
    const inbox = await listen(broker, 'key')
    await write(broker, 'key', 'a')
    await publish(broker, 'key', 'b')
    await publish(broker, 'key', '')
    const messages = await inbox.take(3)
    expect(messages.map(text)).toEqual(['a', 'b', ''])
    expect(messages.map(({ revision }) => revision !== undefined)).toEqual([true, false, false])
    expect(text((await read(broker, 'key')) as BrokerMessage)).toBe('a')
  })

  it('delivers a change like any other message, with its revision (FX-RET-5, FX-RET-6)', async () => {
    const broker = await relay()
    const inboxes = [await listen(broker, 'lamp.1'), await listen(broker, 'lamp.*'), await listen(broker, '**')]
    const revision = await revisionOfWrite(broker, 'lamp.1', 'on')
    for (const inbox of inboxes) {
      const [message] = await inbox.take(1)
      expect(message).toMatchObject({ subject: 'lamp.1', revision })
      expect(message?.deleted).toBeUndefined()
      expect(text(message as BrokerMessage)).toBe('on')
    }
  })

  it.each([
    ['text', ''],
    ['bytes', new Uint8Array()],
  ])('deletes a value by an empty payload of %s, which subscribers receive (FX-RET-7, FX-RET-8)', async (_, empty) => {
    const broker = await relay()
    const inbox = await listen(broker, 'key.*')
    await write(broker, 'key.other', 'x')
    const first = await revisionOfWrite(broker, 'key.gone', 'a')
    const second = await revisionOfWrite(broker, 'key.gone', empty)
    const deleted = (await inbox.take(3))[2]
    expect(deleted).toMatchObject({ subject: 'key.gone', revision: second, deleted: true })
    expect(bytesOf(deleted?.payload)).toEqual([])
    expect(second > first).toBe(true)
    expect(await subjectsOf(broker, '**')).toEqual(['key.other'])
    expect(await revisionOfWrite(broker, 'key.gone', 'b').then((third) => third > second)).toBe(true)
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

  it('keeps and delivers the headers and the user of a value (FX-RET-2)', async () => {
    const broker = await relay()
    const inbox = await listen(broker, 'key')
    const headers = [
      ['trace', '1'],
      ['trace', '2'],
      ['other', 'ü'],
      ['empty', ''],
    ] as const
    const revision = await revisionOfWrite(broker, 'key', 'a', { headers, user: 'ada' })
    expect(await read(broker, 'key')).toMatchObject({ headers, user: 'ada', revision })
    expect((await inbox.take(1))[0]).toMatchObject({ headers, user: 'ada', revision })
    await write(broker, 'key', 'b')
    const next = await read(broker, 'key')
    expect({ headers: next?.headers, user: next?.user }).toEqual({ headers: undefined, user: undefined })
  })

  it.each([
    ['no text (FX-RET-10)', Uint8Array.of(0x01, 0x02, 0xff)],
    ['every byte value', Uint8Array.from({ length: 256 }, (_, i) => i)],
    ['one zero byte', Uint8Array.of(0)],
    ['a part of a longer buffer', Uint8Array.from({ length: 256 }, (_, i) => i).subarray(100, 110)],
    ['1 MiB', new Uint8Array(1024 * 1024).fill(7)],
  ])('keeps and delivers a payload of %s unchanged', async (_, payload) => {
    const broker = await relay()
    const inbox = await listen(broker, 'bytes')
    await write(broker, 'bytes', payload)
    const stored = await read(broker, 'bytes')
    const [message] = await inbox.take(1)
    expect(Buffer.compare(payloadBytes(stored?.payload ?? ''), payload)).toBe(0)
    expect(Buffer.compare(payloadBytes(message?.payload ?? ''), payload)).toBe(0)
  })

  it('keeps a value on a subject with any letters, and its text', async () => {
    const broker = await relay()
    const names = ['ü.ß', 'a%2E.b', 'constructor.__proto__', '😀', 'a:{b}', '"quoted"', "o'clock.\\"]
    for (const name of names) await write(broker, name, `${name} 😀`)
    for (const name of names) expect(text((await read(broker, name)) as BrokerMessage)).toBe(`${name} 😀`)
    expect((await subjectsOf(broker, '**')).sort()).toEqual([...names].sort())
  })

  it('stores a change before it is delivered, and delivers it before it is acknowledged', async () => {
    const broker = await relay()
    const seen: Promise<string | undefined>[] = []
    await broker.subscribe(
      { pattern: parsePattern('key') },
      listener((message) => seen.push(read(broker, 'key').then((value) => value?.revision ?? message.revision))),
    )
    const revisions: string[] = []
    for (const [i, payload] of ['a', 'b', '', 'c'].entries()) {
      revisions.push(await revisionOfWrite(broker, 'key', payload))
      expect(seen).toHaveLength(i + 1)
    }
    expect(await Promise.all(seen)).toEqual(revisions)
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

  it('delivers a change that was written from inside a delivery after that delivery', async () => {
    const broker = await relay()
    await broker.subscribe(
      { pattern: parsePattern('first') },
      listener(() => void write(broker, 'second', '2')),
    )
    const inbox = await listen(broker, '**')
    await write(broker, 'first', '1')
    const messages = await inbox.take(2)
    expect(messages.map(text)).toEqual(['1', '2'])
    const [first = '', second = ''] = messages.map(({ revision }) => revision)
    expect(second > first).toBe(true)
  })

  it('has delivered all that was acknowledged when a mark resolves', async () => {
    const broker = await relay()
    const inbox = await listen(broker, '**')
    await Promise.all(Array.from({ length: 100 }, (_, i) => write(broker, `key.${i}`, 'x')))
    await valuesOf(broker).mark()
    expect(inbox.messages).toHaveLength(100)
  })

  it('rejects all calls after it is closed', async () => {
    const broker = await relay()
    const values = valuesOf(broker)
    await broker.close()
    const down = { code: 'broker_down' }
    await expect(write(broker, 'late', 'x')).rejects.toMatchObject(down)
    await expect(read(broker, 'late')).rejects.toMatchObject(down)
    await expect(subjectsOf(broker, '**')).rejects.toMatchObject(down)
    await expect((async () => values.mark())()).rejects.toMatchObject(down)
  })
}
