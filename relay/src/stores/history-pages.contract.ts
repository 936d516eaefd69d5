import { parsePattern } from '@wildcast/protocol'
import { expect, it } from 'vitest'
import type { Broker } from '../core/broker.js'
import { noPosition } from '../core/position.js'
import { text } from '../testing/broker-under-test.js'
import { append, payloadsOfHistory, readHistory, rule } from '../testing/history-under-test.js'
import { historyOf, type StoreUnderTest } from '../testing/store-under-test.js'

/** The contract of histories for their pages. */
export function historyPagesContract({ open, byRule }: StoreUnderTest): void {
  const filled = async (): Promise<{ broker: Broker; positions: string[] }> => {
    const broker = await (await open({}, [rule('room.*.msg'), rule('log.**')])).relay()
    const positions: string[] = []
    for (let i = 0; i < 12; i++) positions.push(await append(broker, `room.${i % 3}.msg`, `${i}`))
    return { broker, positions }
  }

  it('reads the messages after a position, and before another, in both directions', async () => {
    const { broker, positions } = await filled()
    const [after, before] = [positions[3], positions[9]]
    expect(await payloadsOfHistory(broker, 'room.*.msg', { after })).toEqual(['4', '5', '6', '7', '8', '9', '10', '11'])
    expect(await payloadsOfHistory(broker, 'room.*.msg', { after, before })).toEqual(['4', '5', '6', '7', '8'])
    expect(await payloadsOfHistory(broker, 'room.1.msg', { after, before })).toEqual(['4', '7'])
    const newestFirst = true
    expect(await payloadsOfHistory(broker, 'room.1.msg', { newestFirst })).toEqual(['10', '7', '4', '1'])
    expect(await payloadsOfHistory(broker, 'room.**', { newestFirst, before, after })).toEqual([
      '8',
      '7',
      '6',
      '5',
      '4',
    ])
    expect(await payloadsOfHistory(broker, 'room.**', { before: positions[0] })).toEqual([])
    for (const of of ['room.1.msg', 'room.*.msg'])
      for (const newestFirst of [true, false])
        expect(await payloadsOfHistory(broker, of, { before: noPosition, newestFirst })).toEqual([])
    expect(await payloadsOfHistory(broker, 'room.**', { after: positions[11] })).toEqual([])
    for (const of of ['room.1.msg', 'room.*.msg'])
      for (const newestFirst of [true, false])
        expect(await payloadsOfHistory(broker, of, { before: noPosition, newestFirst })).toEqual([])
  })

  it.each([false, true])(
    'has pages of as many messages, or bytes, as asked for (newest first: %s)',
    async (newestFirst) => {
      const { broker } = await filled()
      const byNumber = await readHistory(broker, 'room.*.msg', { newestFirst, messages: 5 })
      expect(byNumber.every((page) => page.length <= 5)).toBe(true)
      const byBytes = await readHistory(broker, 'room.*.msg', { newestFirst, bytes: 1 })
      expect(byBytes.every((page) => page.length <= 1)).toBe(true)
      for (const pages of [byNumber, byBytes]) {
        const payloads = pages.flat().map((message) => Number(text(message)))
        expect(newestFirst ? payloads.reverse() : payloads).toEqual(Array.from({ length: 12 }, (_, i) => i))
      }
    },
  )

  if (!byRule)
    it('joins the messages of several rules in their order', async () => {
      const { broker } = await filled()
      await append(broker, 'log.a', 'x')
      await append(broker, 'room.0.msg', 'y')
      await append(broker, 'log', 'z')
      expect((await payloadsOfHistory(broker, '**')).slice(-4)).toEqual(['11', 'x', 'y', 'z'])
      expect((await payloadsOfHistory(broker, '**', { newestFirst: true })).slice(0, 4)).toEqual(['z', 'y', 'x', '11'])
    })

  if (byRule)
    it('refuses to read the messages of several rules', async () => {
      const { broker } = await filled()
      const refused = { code: 'unsupported' }
      await expect(payloadsOfHistory(broker, '**')).rejects.toMatchObject(refused)
      const state = historyOf(broker).historyState(parsePattern('*.a.*'), noPosition)
      await expect(Promise.resolve(state)).rejects.toMatchObject(refused)
    })

  it('matches exactly', async () => {
    const { broker } = await filled()
    await append(broker, 'log.a.b', 'deep')
    await append(broker, 'log.a', 'flat')
    const of = (pattern: string): Promise<string[]> => payloadsOfHistory(broker, pattern)
    expect(await of('log.*')).toEqual(['flat'])
    expect(await of('log.a.**')).toEqual(['deep', 'flat'])
    expect(await of('*.a')).toEqual(['flat'])
    expect(await of('log.*.b')).toEqual(['deep'])
    if (byRule) return // no rule has these
    expect(await of('room.1')).toEqual([])
    expect(await of('nowhere')).toEqual([])
  })
}
