import { parseSubject } from '@wildcast/protocol'
import { expect, it } from 'vitest'
import { GrownLogs } from './grown-logs.js'

const subject = (i: number) => parseSubject(`a.${i}`)

it('has each subject once, until it is taken', () => {
  const grown = new GrownLogs()
  for (const i of [1, 2, 1, 3]) grown.add(subject(i))
  expect(grown.take(2)).toEqual(['a.1', 'a.2'])
  grown.add(subject(1))
  expect([grown.take(9), grown.take(9), grown.takeOverflow()]).toEqual([['a.3', 'a.1'], [], false])
})

it('reports once that it did not remember one', () => {
  const grown = new GrownLogs()
  for (let i = 0; i < 10_000; i++) grown.add(subject(i))
  grown.add(subject(7))
  expect(grown.takeOverflow()).toBe(false)
  grown.add(subject(10_000))
  expect([grown.size, grown.takeOverflow(), grown.takeOverflow()]).toEqual([10_000, true, false])
})
