import { parsePattern } from '@wildcast/protocol'
import { expect, it } from 'vitest'
import { noPosition } from '../core/position.js'
import { append, payloadsOfHistory, readHistory, rule } from '../testing/history-under-test.js'
import { historyOf, pass, revisionOfWrite, type StoreUnderTest } from '../testing/store-under-test.js'

/** The contract of histories that outlive their process. */
export function historyRestartContract({ open, byRule }: StoreUnderTest): void {
  it('keeps messages and their positions over a restart, and gives greater ones', async () => {
    const store = await open({}, [rule('room.*.msg', { messages: 2 })])
    const before = await store.relay()
    const positions: string[] = []
    for (const payload of ['a', 'b', 'c']) positions.push(await append(before, 'room.1.msg', payload))
    const [first, second, third = ''] = positions
    await store.restart?.()
    const after = await store.relay()
    const [messages = []] = await readHistory(after, 'room.*.msg')
    expect(messages.map(({ position }) => position)).toEqual([second, third])
    const state = await historyOf(after).historyState(parsePattern('room.*.msg'), third)
    expect(state).toEqual({ newest: third, forgotten: first, isKnown: true })
    const fourth = await append(after, 'room.1.msg', 'd')
    expect(fourth > third).toBe(true)
    expect(await payloadsOfHistory(after, 'room.1.msg', { after: second })).toEqual(['c', 'd'])
    expect((await historyOf(after).historyState(parsePattern('room.*.msg'), second ?? '')).isKnown).toBe(true)
  })

  if (!byRule)
    it('keeps messages, values and their positions over a restart, and gives greater ones (FX-STO-3)', async () => {
      const store = await open({}, [rule('room.*.msg')])
      const before = await store.relay()
      const headers = [['trace', '1']] as const
      const first = await append(before, 'room.1.msg', Uint8Array.of(0, 255))
      const second = await revisionOfWrite(before, 'room.2.msg', 'b', { headers, user: 'ada' })
      const third = await revisionOfWrite(before, 'room.2.msg', '')
      await store.restart?.()
      const after = await store.relay()
      const [messages = []] = await readHistory(after, 'room.*.msg')
      expect(messages).toMatchObject([
        { subject: 'room.1.msg', position: first },
        { subject: 'room.2.msg', position: second, revision: second, payload: 'b', headers, user: 'ada' },
        { subject: 'room.2.msg', position: third, revision: third, payload: '', deleted: true },
      ])
      expect([...Buffer.from(messages[0]?.payload ?? '')]).toEqual([0, 255])
      const state = await historyOf(after).historyState(parsePattern('room.*.msg'), third)
      expect(state).toEqual({ newest: third, forgotten: noPosition, isKnown: true })
      expect((await append(after, 'room.1.msg', 'c')) > third).toBe(true)
      expect(await payloadsOfHistory(after, 'room.1.msg', { after: first })).toEqual(['c'])
    })

  if (!byRule)
    it('knows over a restart what it has forgotten, also of subjects without a message', async () => {
      const store = await open({}, [rule('room.*.msg', { messages: 2 }), rule('log.*', { ageMs: 60_000 })])
      const before = await store.relay()
      const forgotten = await append(before, 'room.1.msg', '0')
      for (const payload of ['1', '2']) await append(before, 'room.1.msg', payload)
      const old = await append(before, 'log.1', 'old')
      await pass(store, 61_000, before)
      await store.restart?.()
      const after = await store.relay()
      const of = async (pattern: string): Promise<string> =>
        (await historyOf(after).historyState(parsePattern(pattern), noPosition)).forgotten
      expect(await payloadsOfHistory(after, '**')).toEqual(['1', '2'])
      expect(await Promise.all(['room.1.msg', 'room.*.msg', 'room.*.*', 'room.2.msg'].map(of))).toEqual([
        forgotten,
        forgotten,
        forgotten,
        noPosition,
      ])
      expect(await Promise.all(['log.1', 'log.2', 'log.*', '**'].map(of))).toEqual([old, old, old, old])
    })
}
