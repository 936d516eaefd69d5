import { expect, it } from 'vitest'
import { fakeClock } from '../../../testing/fake-clock.js'
import { HeldAppends } from './held-appends.js'

/** Messages that are held, and the calls that append them; each replies with the first argument. */
function held(reply = (args: readonly unknown[]): unknown => args[0]) {
  const clock = fakeClock()
  const calls: unknown[][] = []
  const appends = new HeldAppends(async (messages) => {
    calls.push(messages.map(([first]) => first))
    return messages.map((args) => reply(args))
  }, clock)
  return { appends, calls, clock }
}

it('appends the messages of a turn with one call, and each has its reply', async () => {
  const { appends, calls } = held()
  const replies = ['a', 'b', 'c'].map((name) => appends.add([name], 1))
  appends.flush()
  appends.flush()
  expect(await Promise.all(replies)).toEqual(['a', 'b', 'c'])
  expect(calls).toEqual([['a', 'b', 'c']])
})

it('rejects only the message that was refused', async () => {
  const { appends } = held(([name]) => (name === 'b' ? new Error('refused') : name))
  const replies = ['a', 'b', 'c'].map((name) => appends.add([name], 1))
  appends.flush()
  const outcomes = await Promise.allSettled(replies)
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
})

it('does not hold more than a call may have', () => {
  const { appends, calls } = held()
  for (let i = 0; i < 130; i++) void appends.add([`${i}`], 1)
  expect(calls.map(({ length }) => length)).toEqual([64, 64])
  void appends.add(['large'], 1024 * 1024)
  expect(calls.map(({ length }) => length)).toEqual([64, 64, 3])
})
