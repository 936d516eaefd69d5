import { expect, it } from 'vitest'
import { brokenPromises, type Outcome, type Received } from './history.js'

const faults = (outcomes: readonly Outcome[], received: readonly (number | 'gap')[]): string[] =>
  brokenPromises({
    published: new Map([['p', outcomes]]),
    subscriptions: new Map([
      [
        's',
        {
          publishers: ['p'],
          received: received.map((n): Received => (n === 'gap' ? n : { message: { publisher: 'p', n } })),
        },
      ],
    ]),
  })

const five: Outcome[] = ['confirmed', 'confirmed', 'confirmed', 'confirmed', 'confirmed']

it.each<[string, Outcome[], (number | 'gap')[]]>([
  ['everything in order', five, [1, 2, 3, 4, 5]],
  ['a gap before the next message', five, [1, 'gap', 4, 5]],
  ['a gap at the end', five, [1, 2, 'gap']],
  ['a gap without a loss', five, [1, 2, 'gap', 3, 4, 5]],
  ['a rejected message that is missing', ['confirmed', 'rejected', 'confirmed'], [1, 3]],
  ['an unknown message that arrived', ['confirmed', 'unknown', 'confirmed'], [1, 2, 3]],
  ['an unknown message that is missing', ['confirmed', 'unknown', 'confirmed'], [1, 3]],
])('accepts a history with %s', (_, outcomes, received) => {
  expect(faults(outcomes, received)).toEqual([])
})

it.each<[string, Outcome[], (number | 'gap')[], string]>([
  ['lost without a gap', five, [1, 3, 4, 5], 's: p 2 was confirmed, is missing, and no gap covers it'],
  ['lost at the end', five, [1, 2, 3, 4], 's: p 5 was confirmed, is missing, and no gap covers it'],
  ['lost before a late gap', five, [1, 3, 'gap', 4, 5], 's: p 2 was confirmed, is missing, and no gap covers it'],
  ['lost after the gap', five, [1, 'gap', 3, 5], 's: p 4 was confirmed, is missing, and no gap covers it'],
  ['delivered twice', five, [1, 2, 2, 3, 4, 5], 's: p 2 came after 2'],
  ['delivered twice across a gap', five, [1, 2, 3, 'gap', 2, 4, 5], 's: p 2 came after 3'],
  ['swapped', five, [2, 1, 3, 4, 5], 's: p 1 came after 2'],
  ['invented', five, [1, 2, 3, 4, 5, 6], 's: p 6 was never published'],
  ['rejected', ['confirmed', 'rejected', 'confirmed'], [1, 2, 3], 's: p 2 came, and its publisher got a rejection'],
  ['lost at the beginning', five, [2, 3, 4, 5], 's: p 1 was confirmed, is missing, and no gap covers it'],
  ['sent again from the start', five, [1, 2, 3, 1, 2, 3, 4, 5], 's: p 1 came after 3'],
  ['lost completely', five, [], 's: p 5 was confirmed, is missing, and no gap covers it'],
])('finds a message that was %s', (_, outcomes, received, fault) => {
  expect(faults(outcomes, received)).toContain(fault)
})
