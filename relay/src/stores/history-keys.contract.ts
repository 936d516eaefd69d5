import { expect, it } from 'vitest'
import type { Broker } from '../core/broker.js'
import { keyMs, type PublishKey } from '../core/publish-key.js'
import { listen, subject, text } from '../testing/broker-under-test.js'
import { append, payloadsOfHistory, rule } from '../testing/history-under-test.js'
import { historyOf, pass, type StoreUnderTest } from '../testing/store-under-test.js'

const key: PublishKey = { name: '["ada ü\\n","k"]', fingerprint: '1 2 3 4' }
const rules = [rule('room.*.msg')]

const appendWith = async (broker: Broker, to: string, payload: string, by: PublishKey = key): Promise<string> =>
  historyOf(broker).append({ subject: subject(to), payload }, by)

/** The contract of histories for messages with a key. */
export function historyKeysContract({ open, shared, durable, lacks = [] }: StoreUnderTest): void {
  it('keeps a message with a key once, and a repeat has its position', async () => {
    const broker = await (await open({}, rules)).relay()
    const inbox = await listen(broker, '**')
    const position = await appendWith(broker, 'room.1.msg', 'a')
    await append(broker, 'room.1.msg', 'b')
    expect(await appendWith(broker, 'room.1.msg', 'a')).toBe(position)
    await append(broker, 'room.1.msg', 'c')
    expect((await inbox.take(3)).map(text)).toEqual(['a', 'b', 'c'])
    expect(await payloadsOfHistory(broker, 'room.*.msg')).toEqual(['a', 'b', 'c'])
  })

  it('refuses a key that belongs to another message', async () => {
    const broker = await (await open({}, rules)).relay()
    await appendWith(broker, 'room.1.msg', 'a')
    const other = appendWith(broker, 'room.2.msg', 'b', { ...key, fingerprint: '1 2 3 5' })
    await expect(other).rejects.toMatchObject({ code: 'invalid_frame', message: expect.stringContaining('its own') })
    expect(await payloadsOfHistory(broker, 'room.*.msg')).toEqual(['a'])
  })

  it('knows the key of a message that is forgotten', async () => {
    const broker = await (await open({}, [rule('log', { messages: 1 })])).relay()
    const position = await appendWith(broker, 'log', 'a')
    await append(broker, 'log', 'b')
    expect(await appendWith(broker, 'log', 'a')).toBe(position)
    expect(await payloadsOfHistory(broker, 'log')).toEqual(['b'])
  })

  if (!lacks.includes('exact keys'))
    it('keeps a message under a key again when its time is over', async () => {
      const store = await open({}, rules)
      const broker = await store.relay()
      await appendWith(broker, 'room.1.msg', 'a')
      await pass(store, keyMs, broker)
      await appendWith(broker, 'room.1.msg', 'a')
      expect(await payloadsOfHistory(broker, 'room.*.msg')).toEqual(['a', 'a'])
    })

  if (shared)
    it('knows the keys of another relay, also of one that is gone', async () => {
      const store = await open({}, rules)
      const [here, there] = [await store.relay(), await store.relay()]
      const inbox = await listen(there, '**')
      const position = await appendWith(here, 'room.1.msg', 'a')
      await here.close()
      expect(await appendWith(there, 'room.1.msg', 'a')).toBe(position)
      expect(inbox.messages.map((message) => [text(message), message.position])).toEqual([['a', position]])
    })

  if (durable)
    it('remembers keys over a restart', async () => {
      const store = await open({}, rules)
      const position = await appendWith(await store.relay(), 'room.1.msg', 'a')
      await store.restart?.()
      const after = await store.relay()
      expect(await appendWith(after, 'room.1.msg', 'a')).toBe(position)
      expect(await payloadsOfHistory(after, 'room.*.msg')).toEqual(['a'])
    })
}
