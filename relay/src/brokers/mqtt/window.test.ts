import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { fakeClock } from '../../testing/fake-clock.js'
import { window } from './window.js'

const never = (): void => expect.unreachable()

it('lets so many in at a time, and the others in their order as places come free', () => {
  const { enter, leave } = window(2, fakeClock())
  const inside: number[] = []
  for (let i = 0; i < 5; i++) enter(() => inside.push(i), never)
  expect(inside).toEqual([0, 1])
  leave()
  expect(inside).toEqual([0, 1, 2])
  leave()
  leave()
  leave()
  enter(() => inside.push(5), never)
  expect(inside).toEqual([0, 1, 2, 3, 4, 5])
})

it('sends away who has waited too long', () => {
  const clock = fakeClock()
  const { enter, leave } = window(1, clock)
  const log: string[] = []
  const come = (name: string): void =>
    enter(
      () => log.push(name),
      () => log.push(`${name} too late`),
    )
  come('a')
  come('b')
  clock.advance(9_999)
  come('c')
  expect(log).toEqual(['a'])
  clock.advance(1)
  come('d')
  leave()
  expect(log).toEqual(['a', 'b too late', 'c'])
  clock.advance(20_000)
  leave()
  come('e')
  expect(log).toEqual(['a', 'b too late', 'c', 'd too late', 'e'])
})

it('forgets who has left, however many wait', async () => {
  setFlagsFromString('--expose-gc')
  const collectGarbage = runInNewContext('gc') as () => void
  const { enter, leave } = window(1, fakeClock())
  const come = (): WeakRef<object> => {
    const payload = {}
    enter(() => void payload, never)
    return new WeakRef(payload)
  }
  const came = Array.from({ length: 1000 }, come)
  for (let i = 0; i < 900; i++) leave()
  // A weak reference holds until the end of the turn.
  await new Promise((resolve) => setImmediate(resolve))
  collectGarbage()
  expect(came.filter((payload) => payload.deref()).length).toBeLessThan(200)
})
