import { type BrokerMessage, type Payload, parsePattern, payloadBytes } from '@wildcast/protocol'
import { expect, it } from 'vitest'
import { listen, publish, text } from '../testing/broker-under-test.js'
import { listener } from '../testing/listener.js'
import {
  isValue,
  read,
  readAll,
  type StoreUnderTest,
  subjectsOf,
  valuesOf,
  write,
} from '../testing/store-under-test.js'

const bytesOf = (payload: Payload | undefined): number[] => [...payloadBytes(payload ?? '')]

/** The contract of stores for writes and reads of one relay. */
export function writesContract({ open, lacks = [] }: StoreUnderTest): void {
  const relay = async () => (await open()).relay()
  const about = (user: string) => (lacks.includes('users') ? {} : { user })

  it('offers a store with the feature "retained"', async () => {
    const broker = await relay()
    expect(broker.features.retained).toBe(true)
    expect(broker.values).toBeDefined()
  })

  it('keeps the value of a subject (FX-RET-1)', async () => {
    const broker = await relay()
    const written = await write(broker, 'key.v.1', '["one"]')
    const value = await read(broker, 'key.v.1')
    expect(written).toEqual({ kind: 'written', revision: value?.revision })
    expect(value?.revision !== undefined).toBe(!lacks.includes('revisions'))
    expect(value?.subject).toBe('key.v.1')
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

  it('keeps what the publisher states about the payload, and delivers it', async () => {
    const broker = await relay()
    const inbox = await listen(broker, 'key')
    const beside = { contentType: 'text/plain', correlation: Uint8Array.of(0, 255), format: 0 }
    await write(broker, 'key', 'on', { beside })
    const [change] = await inbox.take(1)
    const [listed] = (await readAll(broker, 'key')).flat()
    for (const stated of [change, await read(broker, 'key'), listed]) expect(stated?.beside).toEqual(beside)
    await write(broker, 'key', 'off')
    expect((await read(broker, 'key'))?.beside).toBeUndefined()
  })

  it('keeps the value when a message is published without "retain" (FX-RET-3)', async () => {
    const broker = await relay()
    const inbox = await listen(broker, 'key')
    await write(broker, 'key', 'a')
    await publish(broker, 'key', 'b')
    await publish(broker, 'key', '')
    const messages = await inbox.take(3)
    expect(messages.map(text)).toEqual(['a', 'b', ''])
    expect(messages.map(isValue)).toEqual([true, false, false])
    expect(text((await read(broker, 'key')) as BrokerMessage)).toBe('a')
  })

  it('delivers a change like any other message, as a value (FX-RET-5, FX-RET-6)', async () => {
    const broker = await relay()
    const inboxes = [await listen(broker, 'lamp.1'), await listen(broker, 'lamp.*'), await listen(broker, '**')]
    await write(broker, 'lamp.1', 'on')
    const { revision } = (await read(broker, 'lamp.1')) ?? {}
    for (const inbox of inboxes) {
      const [message] = await inbox.take(1)
      expect([message?.subject, message?.revision]).toEqual(['lamp.1', revision])
      expect(message && isValue(message)).toBe(true)
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
    await write(broker, 'key.gone', 'a')
    await write(broker, 'key.gone', empty)
    const deleted = (await inbox.take(3))[2]
    expect(deleted).toMatchObject({ subject: 'key.gone', deleted: true })
    expect(deleted && isValue(deleted)).toBe(true)
    expect(bytesOf(deleted?.payload)).toEqual([])
    expect(await subjectsOf(broker, '**')).toEqual(['key.other'])
    expect(await read(broker, 'key.gone')).toBeUndefined()
    await write(broker, 'key.gone', 'b')
    expect(text((await read(broker, 'key.gone')) as BrokerMessage)).toBe('b')
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
    await write(broker, 'key', 'a', { headers, user: 'ada' })
    expect(await read(broker, 'key')).toMatchObject({ headers, ...about('ada') })
    expect((await inbox.take(1))[0]).toMatchObject({ headers, ...about('ada') })
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
      listener(() => seen.push(read(broker, 'key').then((value) => value && text(value)))),
    )
    for (const [i, payload] of ['a', 'b', '', 'c'].entries()) {
      await write(broker, 'key', payload)
      expect(seen).toHaveLength(i + 1)
      expect(await seen[i]).toBe(payload || undefined)
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
    if (!lacks.includes('revisions')) expect(second > first).toBe(true)
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
