import { WildcastError } from '@wildcast/protocol'
import { expect, it } from 'vitest'
import { fakeClock } from '../../testing/fake-clock.js'
import { Marks } from './marks.js'
import type { Incoming, MqttPublish } from './wire.js'

const topic = '_reply/me/mark'

/** A connection whose marks the test returns. */
function openMarks({ refusal }: { refusal?: WildcastError } = {}) {
  const sent: string[] = []
  const filters: string[] = []
  const clock = fakeClock()
  const wire = {
    subscribe: async (filter: string) => void filters.push(filter),
    async publish({ payload }: MqttPublish) {
      if (refusal) throw refusal
      sent.push(String(payload))
      return true
    },
  }
  const marks = new Marks({ wire, topic, clock })
  const returns = (number: string, on = topic) => marks.received({ topic: on, payload: number } as Incoming)
  const retained = () => marks.received({ topic: 'a', payload: 'x', retain: true } as Incoming)
  return { marks, sent, filters, clock, returns, retained }
}

/** Resolves when settled promises have run their reactions. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

it('one mark serves all that ask in a turn, and a later one those that ask later', async () => {
  const { marks, sent, filters, returns, clock } = openMarks()
  const done: string[] = []
  for (const name of ['a', 'b']) void marks.mark().then(() => done.push(name))
  await settled()
  void marks.mark().then(() => done.push('late'))
  await settled()
  expect({ sent, filters }).toEqual({ sent: ['1', '2'], filters: [topic] })
  expect(returns('1', 'another/topic')).toBe(false)
  expect(returns('1')).toBe(true)
  await settled()
  expect(done).toEqual(['a', 'b'])
  expect([returns('1'), returns('2')]).toEqual([true, true])
  await settled()
  expect([done, clock.timers]).toEqual([['a', 'b', 'late'], 0])
})

it('a mark that returns serves earlier ones that were lost', async () => {
  const { marks, returns, clock } = openMarks()
  const first = marks.mark()
  await settled()
  const second = marks.mark()
  await settled()
  returns('2')
  await Promise.all([first, second])
  expect(clock.timers).toBe(0)
})

it('that never returned are forbidden, and later ones fail at once', async () => {
  const { marks, sent, clock } = openMarks()
  const refused = expect(marks.mark()).rejects.toMatchObject({ code: 'forbidden', message: /_reply\/#/ })
  await settled()
  clock.advance(10_000)
  await refused
  await expect(marks.mark()).rejects.toMatchObject({ code: 'forbidden' })
  expect([sent, clock.timers]).toEqual([['1'], 0])
})

it('return later while retained messages come before them, but not for ever', async () => {
  const { marks, clock, returns, retained } = openMarks()
  const first = marks.mark()
  await settled()
  for (let i = 0; i < 5; i++) {
    retained()
    clock.advance(9000)
  }
  returns('1')
  await first
  const late = expect(marks.mark()).rejects.toMatchObject({ code: 'timeout' })
  await settled()
  for (let i = 0; i < 40; i++) {
    retained()
    clock.advance(9000)
  }
  await late
  expect(clock.timers).toBe(0)
})

it('one that is lost after others have returned is late, and the next one is sent', async () => {
  const { marks, sent, returns, clock } = openMarks()
  const first = marks.mark()
  await settled()
  returns('1')
  await first
  const late = expect(marks.mark()).rejects.toMatchObject({ code: 'timeout' })
  await settled()
  clock.advance(10_000)
  await late
  const next = marks.mark()
  await settled()
  returns('3')
  await next
  expect(sent).toEqual(['1', '2', '3'])
})

it.each([
  ['forbidden', 'forbidden'],
  ['broker_down', 'broker_down'],
] as const)('that can not be sent fail with %s, and leave no timer', async (code, expected) => {
  const { marks, clock } = openMarks({ refusal: new WildcastError(code, 'as the test wants') })
  await expect(marks.mark()).rejects.toMatchObject({ code: expected })
  await expect(marks.mark()).rejects.toMatchObject({ code: expected })
  expect(clock.timers).toBe(0)
})
