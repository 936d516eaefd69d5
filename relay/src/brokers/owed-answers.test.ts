import { expect, it } from 'vitest'
import { OwedAnswers } from './owed-answers.js'

it('are those that a server was given and did not answer', () => {
  const owed = new OwedAnswers()
  const [sum, product] = [{}, {}]
  owed.asked(sum, 'r.1')
  owed.asked(product, 'r.2')
  owed.asked(sum, 'r.3')
  owed.answered('r.1')
  owed.answered('unknown')
  expect([owed.left(sum), owed.left(sum), owed.left(product)]).toEqual([['r.3'], [], ['r.2']])
})

it('are bounded', () => {
  const owed = new OwedAnswers()
  const server = {}
  for (let i = 0; i < 20_000; i++) owed.asked(server, `r.${i}`)
  const left = owed.left(server)
  expect([left.length, left.at(-1)]).toEqual([10_000, 'r.19999'])
})
