import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { fakeClock } from '../../testing/fake-clock.js'
import { receiveWindow } from './receive-window.js'

const never = (): void => expect.unreachable()

it('runs a limited number at a time, and the others in order when one leaves', () => {
  const { enter, leave } = receiveWindow(2, fakeClock())
  const running: number[] = []
  for (let i = 0; i < 5; i++) enter(() => running.push(i), never)
  expect(running).toEqual([0, 1])
  leave()
  expect(running).toEqual([0, 1, 2])
  leave()
  leave()
  leave()
  enter(() => running.push(5), never)
  expect(running).toEqual([0, 1, 2, 3, 4, 5])
})

it('ends a wait that takes too long', () => {
  const clock = fakeClock()
  const { enter, leave } = receiveWindow(1, clock)
  const log: string[] = []
  const enterAs = (name: string): void =>
    enter(
      () => log.push(name),
      () => log.push(`${name} too late`),
    )
  enterAs('a')
  enterAs('b')
  clock.advance(9_999)
  enterAs('c')
  expect(log).toEqual(['a'])
  clock.advance(1)
  enterAs('d')
  leave()
  expect(log).toEqual(['a', 'b too late', 'c'])
  clock.advance(20_000)
  leave()
  enterAs('e')
  expect(log).toEqual(['a', 'b too late', 'c', 'd too late', 'e'])
})

it('keeps no reference to what has left, for any number of waits', async () => {
  setFlagsFromString('--expose-gc')
  const collectGarbage = runInNewContext('gc') as () => void
  const { enter, leave } = receiveWindow(1, fakeClock())
  const enterPayload = (): WeakRef<object> => {
    const payload = {}
    enter(() => void payload, never)
    return new WeakRef(payload)
  }
  const payloads = Array.from({ length: 1000 }, enterPayload)
  for (let i = 0; i < 900; i++) leave()
  // A new weak reference keeps its target until the end of the turn.
  await new Promise((resolve) => setImmediate(resolve))
  collectGarbage()
  expect(payloads.filter((payload) => payload.deref()).length).toBeLessThan(200)
})
