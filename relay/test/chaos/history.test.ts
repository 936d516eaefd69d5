import { expect, it } from 'vitest'
import { brokenPromises, type Heard, type Outcome } from './history.js'

const faults = (outcomes: readonly Outcome[], heard: readonly (number | 'gap')[]): string[] =>
  brokenPromises({
    published: new Map([['p', outcomes]]),
    subscriptions: new Map([
      ['s', { hears: ['p'], heard: heard.map((n): Heard => (n === 'gap' ? n : { message: { publisher: 'p', n } })) }],
    ]),
  })

const five: Outcome[] = ['confirmed', 'confirmed', 'confirmed', 'confirmed', 'confirmed']

it.each<[string, Outcome[], (number | 'gap')[]]>([
  ['everything in order', five, [1, 2, 3, 4, 5]],
  ['a gap before the next message', five, [1, 'gap', 4, 5]],
  ['a gap at the end', five, [1, 2, 'gap']],
  ['a gap in which nothing was lost', five, [1, 2, 'gap', 3, 4, 5]],
  ['what was rejected is missing', ['confirmed', 'rejected', 'confirmed'], [1, 3]],
  ['what nobody knows of arrived', ['confirmed', 'unknown', 'confirmed'], [1, 2, 3]],
  ['what nobody knows of is missing', ['confirmed', 'unknown', 'confirmed'], [1, 3]],
])('finds nothing wrong with a history where %s', (_, outcomes, heard) => {
  expect(faults(outcomes, heard)).toEqual([])
})

it.each<[string, Outcome[], (number | 'gap')[], string]>([
  ['lost without a word', five, [1, 3, 4, 5], 's: p 2 was confirmed, is missing, and no gap says so'],
  ['lost at the end', five, [1, 2, 3, 4], 's: p 5 was confirmed, is missing, and no gap says so'],
  ['told of too late', five, [1, 3, 'gap', 4, 5], 's: p 2 was confirmed, is missing, and no gap says so'],
  ['lost after the gap was over', five, [1, 'gap', 3, 5], 's: p 4 was confirmed, is missing, and no gap says so'],
  ['delivered twice', five, [1, 2, 2, 3, 4, 5], 's: p 2 came after 2'],
  ['delivered twice across a gap', five, [1, 2, 3, 'gap', 2, 4, 5], 's: p 2 came after 3'],
  ['swapped', five, [2, 1, 3, 4, 5], 's: p 1 came after 2'],
  ['invented', five, [1, 2, 3, 4, 5, 6], 's: p 6 was never published'],
  [
    'refused',
    ['confirmed', 'rejected', 'confirmed'],
    [1, 2, 3],
    's: p 2 came, and its publisher was notified of a refusal',
  ],
  ['lost at the beginning', five, [2, 3, 4, 5], 's: p 1 was confirmed, is missing, and no gap says so'],
  ['sent again from the start', five, [1, 2, 3, 1, 2, 3, 4, 5], 's: p 1 came after 3'],
  ['lost altogether', five, [], 's: p 5 was confirmed, is missing, and no gap says so'],
])('finds what was %s', (_, outcomes, heard, fault) => {
  expect(faults(outcomes, heard)).toContain(fault)
})
