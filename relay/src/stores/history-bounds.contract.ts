import { parsePattern } from '@wildcast/protocol'
import { expect, it } from 'vitest'
import type { Broker } from '../core/broker.js'
import { noPosition } from '../core/position.js'
import { append, payloadsOfHistory, rule } from '../testing/history-under-test.js'
import { historyOf, pass, type StoreUnderTest } from '../testing/store-under-test.js'

/** The contract of histories for what they forget. */
export function historyBoundsContract({ open, exact, byRule }: StoreUnderTest): void {
  const forgotten = async (broker: Broker, pattern: string): Promise<string> =>
    (await historyOf(broker).historyState(parsePattern(pattern), noPosition)).forgotten

  if (!byRule)
    it('keeps the newest messages of each subject, and knows what it has forgotten', async () => {
      const broker = await (await open({}, [rule('room.*.msg', { messages: 3 })])).relay()
      const positions: string[] = []
      for (let i = 0; i < 10; i++) positions.push(await append(broker, 'room.1.msg', `${i}`))
      await append(broker, 'room.2.msg', 'a')
      const kept = await payloadsOfHistory(broker, 'room.1.msg')
      if (exact) expect(kept).toEqual(['7', '8', '9'])
      else expect(kept.slice(-3)).toEqual(['7', '8', '9'])
      expect(await payloadsOfHistory(broker, 'room.2.msg')).toEqual(['a'])
      const oldest = positions[10 - kept.length] as string
      const before = kept.length === 10 ? noPosition : (positions[10 - kept.length - 1] as string)
      const known = await forgotten(broker, 'room.1.msg')
      expect(known >= before && known < oldest).toBe(true)
      expect(await forgotten(broker, 'room.*.msg')).toBe(known)
      expect(await forgotten(broker, 'room.2.msg')).toBe(noPosition)
    })

  if (byRule)
    it('keeps the newest messages of a rule, and knows what it has forgotten', async () => {
      const broker = await (await open({}, [rule('room.*.msg', { messages: 3 })])).relay()
      const positions: string[] = []
      for (let i = 0; i < 10; i++) positions.push(await append(broker, `room.${i % 2}.msg`, `${i}`))
      expect(await payloadsOfHistory(broker, 'room.*.msg')).toEqual(['7', '8', '9'])
      for (const pattern of ['room.*.msg', 'room.1.msg', 'room.2.msg'])
        expect(await forgotten(broker, pattern)).toBe(positions[6])
    })

  it('has forgotten nothing at first', async () => {
    const broker = await (await open({}, [rule('room.*.msg')])).relay()
    expect(await forgotten(broker, 'room.1.msg')).toBe(noPosition)
    await append(broker, 'room.1.msg', 'a')
    expect([await forgotten(broker, 'room.1.msg'), await forgotten(broker, 'room.**')]).toEqual([
      noPosition,
      noPosition,
    ])
  })

  it('forgets messages past their age, and knows that of subjects without a message', async () => {
    const store = await open({}, [rule('room.*.msg', { ageMs: 60_000 }), rule('log.*')])
    const broker = await store.relay()
    const last = await append(broker, 'room.1.msg', 'old')
    await append(broker, 'log.1', 'kept')
    await pass(store, 61_000, broker)
    const newer = await append(broker, 'room.2.msg', 'new')
    expect(await payloadsOfHistory(broker, 'log.*')).toEqual(['kept'])
    expect(await payloadsOfHistory(broker, 'room.**')).toEqual(['new'])
    // Messages of its rule may have been forgotten that any subject had.
    for (const pattern of ['room.1.msg', 'room.2.msg', 'room.*.msg', 'room.3.msg']) {
      const known = await forgotten(broker, pattern)
      expect({ pattern, isWithin: known >= last && known < newer }).toEqual({ pattern, isWithin: true })
    }
    expect(await forgotten(broker, 'log.*')).toBe(noPosition)
  })

  if (!byRule)
    it('refuses a message beyond its bytes, and keeps all others', async () => {
      const broker = await (await open({ bytes: 1000 }, [rule('log')])).relay()
      await append(broker, 'log', 'x'.repeat(400))
      await expect(append(broker, 'log', 'x'.repeat(700))).rejects.toMatchObject({ code: 'storage_full' })
      await append(broker, 'log', 'y')
      expect((await payloadsOfHistory(broker, 'log')).map(({ length }) => length)).toEqual([400, 1])
    })
}
