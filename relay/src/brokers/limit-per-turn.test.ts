import { expect, it } from 'vitest'
import { limitPerTurn } from './limit-per-turn.js'

it('runs 200 functions at once in each turn, and the others in later turns, in order', () => {
  const ends: (() => void)[] = []
  const ran: number[] = []
  const runLimited = limitPerTurn({ endOfTurn: (run) => void ends.push(run) })
  for (let i = 0; i < 450; i++) runLimited(() => void ran.push(i))
  expect(ran.length).toBe(200)
  ends.shift()?.()
  runLimited(() => void ran.push(450))
  expect(ran.length).toBe(400)
  ends.shift()?.()
  expect(ran).toEqual(Array.from({ length: 451 }, (_, i) => i))
  ends.shift()?.()
  expect(ends.length).toBe(0)
  runLimited(() => void ran.push(451))
  expect(ran.length).toBe(452)
})
