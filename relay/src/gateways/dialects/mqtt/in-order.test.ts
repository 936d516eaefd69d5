import { expect, it } from 'vitest'
import { InOrder } from './in-order.js'

it('runs answers in the order of the packets, also if they are known in another', async () => {
  const answers = new InOrder()
  const ran: number[] = []
  const first = answers.later()
  const second = answers.later()
  answers.now(() => ran.push(3))
  const empty = answers.whenEmpty()
  second(() => ran.push(2))
  expect(ran).toEqual([])
  first(() => ran.push(1))
  expect(ran).toEqual([1, 2, 3])
  await empty
  answers.now(() => ran.push(4))
  expect(ran).toEqual([1, 2, 3, 4])
})
