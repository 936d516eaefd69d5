import { parsePattern, payloadBytes } from '@wildcast/protocol'
import { expect, it } from 'vitest'
import { noPosition } from '../core/position.js'
import { listen, publish, subject, text } from '../testing/broker-under-test.js'
import { append, payloadsOfHistory, readHistory, rule } from '../testing/history-under-test.js'
import { historyOf, type StoreUnderTest, valuesOf } from '../testing/store-under-test.js'

/** The contract of histories for what is published. */
export function historyWritesContract({ open, shared, byRule }: StoreUnderTest): void {
  const relay = async () => (await open({}, [rule('room.*.msg')])).relay()

  it('offers a history with the feature "history", and none without a rule', async () => {
    const broker = await relay()
    expect(broker.features.history).toBe(true)
    const without = await (await open()).relay()
    expect({ history: without.history, feature: without.features.history }).toEqual({
      history: undefined,
      feature: expect.stringContaining('[[brokers.NAME.history]]'),
    })
  })

  it('delivers a kept message with its position, and others without one', async () => {
    const broker = await relay()
    const inbox = await listen(broker, '**')
    const position = await append(broker, 'room.1.msg', 'a')
    await publish(broker, 'room.1.typing', 'b')
    const messages = await inbox.take(2)
    expect(messages.map((message) => [text(message), message.position])).toEqual([
      ['a', position],
      ['b', undefined],
    ])
  })

  it('keeps subject, payload, headers and user', async () => {
    const broker = await relay()
    const bytes = Uint8Array.of(0, 255, 10)
    const headers = [['trace', 'x']] as const
    const from = { session: 's', user: 'ada' }
    const position = await historyOf(broker).append({ subject: subject('room.1.msg'), payload: bytes, headers, from })
    const [[message] = []] = await readHistory(broker, 'room.1.msg')
    expect(message).toMatchObject({ subject: 'room.1.msg', position, headers, user: 'ada' })
    expect([...payloadBytes(message?.payload ?? '')]).toEqual([...bytes])
  })

  it('keeps what the publisher states about the payload', async () => {
    const broker = await relay()
    const beside = { contentType: 'text/plain', correlation: Uint8Array.of(0, 255), format: 0 }
    await historyOf(broker).append({ subject: subject('room.1.msg'), payload: 'x', beside })
    const [[message] = []] = await readHistory(broker, 'room.1.msg')
    expect(message?.beside).toEqual(beside)
  })

  it('gives rising positions, in the order of publishes', async () => {
    const broker = await relay()
    const positions: string[] = []
    for (let i = 0; i < 20; i++) positions.push(await append(broker, `room.${i % 3}.msg`, `${i}`))
    expect(positions).toEqual([...new Set(positions)].sort())
    expect(await payloadsOfHistory(broker, 'room.*.msg')).toEqual(positions.map((_, i) => `${i}`))
  })

  if (!byRule)
    it('has one counter for values and messages: a value of a kept subject has one number', async () => {
      const broker = await relay()
      const inbox = await listen(broker, 'room.**')
      const first = await append(broker, 'room.1.msg', 'a')
      const write = (to: string, payload: string) =>
        Promise.resolve(valuesOf(broker).write({ message: { subject: subject(to), payload } }))
      await write('room.1.msg', 'b')
      await write('room.1.topic', 'c')
      await write('room.1.msg', '')
      const messages = await inbox.take(4)
      const [, b, c, d] = messages.map(({ position, revision }) => [position, revision])
      expect(b?.[0]).toBe(b?.[1])
      expect(c?.[0]).toBeUndefined()
      expect(d?.[0]).toBe(d?.[1])
      const numbers = messages.map(({ position, revision }) => position ?? revision)
      expect(numbers).toEqual([...numbers].sort())
      const [kept = []] = await readHistory(broker, '**')
      expect(kept.map((message) => [text(message), message.deleted, message.revision])).toEqual([
        ['a', undefined, undefined],
        ['b', undefined, b?.[1]],
        ['', true, d?.[1]],
      ])
      expect(kept[0]?.position).toBe(first)
    })

  if (byRule)
    it('refuses a value of a kept subject', async () => {
      const broker = await relay()
      const write = (to: string) => valuesOf(broker).write({ message: { subject: subject(to), payload: 'a' } })
      await expect(Promise.resolve(write('room.1.msg'))).rejects.toMatchObject({ code: 'unsupported' })
      await write('room.1.topic')
      expect(await payloadsOfHistory(broker, 'room.*.msg')).toEqual([])
    })

  it('is kept before it is delivered', async () => {
    const broker = await relay()
    const inbox = await listen(broker, 'room.1.msg')
    const done = append(broker, 'room.1.msg', 'a')
    await inbox.take(1)
    expect(await payloadsOfHistory(broker, 'room.1.msg')).toEqual(['a'])
    await done
  })

  it('delivers each kept message once to every subscriber, in order', async () => {
    const opened = await open({}, [rule('room.**')])
    const broker = await opened.relay()
    const other = shared ? await opened.relay() : broker
    const inboxes = await Promise.all(['room.1', 'room.*', 'room.**'].map((pattern) => listen(other, pattern)))
    await Promise.all(Array.from({ length: 50 }, (_, i) => append(broker, 'room.1', `${i}`)))
    for (const inbox of inboxes)
      expect((await inbox.take(50)).map(text)).toEqual(Array.from({ length: 50 }, (_, i) => `${i}`))
  })

  it('has delivered the messages up to the newest position before it returns that', async () => {
    const opened = await open({}, [rule('room.*.msg')])
    const broker = await opened.relay()
    const other = shared ? await opened.relay() : broker
    const inbox = await listen(other, 'room.*.msg')
    const appends: Promise<string>[] = []
    for (let i = 0; i < 50; i++) {
      appends.push(append(broker, 'room.1.msg', 'x'.repeat(10_000)))
      const { newest } = await historyOf(other).historyState(parsePattern('room.*.msg'), noPosition)
      const delivered = inbox.messages.map(({ position }) => position)
      const isFirst = Number.parseInt(newest.split('-')[1] ?? '', 36) === 0
      if (!isFirst) expect(delivered).toContain(newest)
    }
    await Promise.all(appends)
  })

  it('knows its own positions, and none of another history', async () => {
    const broker = await relay()
    const position = await append(broker, 'room.1.msg', 'a')
    const pattern = parsePattern('room.1.msg')
    const isKnown = async (number: string) => (await historyOf(broker).historyState(pattern, number)).isKnown
    const { newest } = await historyOf(broker).historyState(pattern, position)
    expect(newest >= position).toBe(true)
    expect(await isKnown(position)).toBe(true)
    expect(await isKnown('0000000000-000000000')).toBe(true)
    const [term = '', count = ''] = position.split('-')
    const beyond = `${term}-${(Number.parseInt(count, 36) + 1000).toString(36).padStart(9, '0')}`
    const lost = `${(Number.parseInt(term, 36) + 1).toString(36).padStart(10, '0')}-${count}`
    expect([await isKnown(beyond), await isKnown(lost)]).toEqual([false, false])
  })
}
