import { expect, it } from 'vitest'
import { fewInTurn } from './few-in-turn.js'

it('few run in one turn, at once, and the others in later turns, in their order', () => {
  const ends: (() => void)[] = []
  const ran: number[] = []
  const inFew = fewInTurn({ endOfTurn: (run) => void ends.push(run) })
  for (let i = 0; i < 450; i++) inFew(() => void ran.push(i))
  expect(ran.length).toBe(200)
  ends.shift()?.()
  inFew(() => void ran.push(450))
  expect(ran.length).toBe(400)
  ends.shift()?.()
  expect(ran).toEqual(Array.from({ length: 451 }, (_, i) => i))
  ends.shift()?.()
  expect(ends.length).toBe(0)
  inFew(() => void ran.push(451))
  expect(ran.length).toBe(452)
})
