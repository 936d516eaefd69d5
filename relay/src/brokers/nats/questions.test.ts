import { expect, it } from 'vitest'
import { Questions } from './questions.js'

it('are those that a server was given and did not answer', () => {
  const questions = new Questions()
  const [sum, product] = [{}, {}]
  questions.asked(sum, 'r.1')
  questions.asked(product, 'r.2')
  questions.asked(sum, 'r.3')
  questions.answered('r.1')
  questions.answered('unknown')
  expect([questions.left(sum), questions.left(sum), questions.left(product)]).toEqual([['r.3'], [], ['r.2']])
})

it('are bounded', () => {
  const questions = new Questions()
  const server = {}
  for (let i = 0; i < 20_000; i++) questions.asked(server, `r.${i}`)
  const left = questions.left(server)
  expect([left.length, left.at(-1)]).toEqual([10_000, 'r.19999'])
})
