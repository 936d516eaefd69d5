import { expect, it } from 'vitest'
import { nearest } from './nearest.js'

const known = ['address', 'url', 'id', 'keep_alive', 'password']

it.each([
  ['adress', 'address'],
  ['addresss', 'address'],
  ['ulr', 'url'],
  ['Url', 'url'],
  ['keepalive', 'keep_alive'],
  ['keep-alive', 'keep_alive'],
  ['passwort', 'password'],
])('corrects %s to %s', (word, meant) => {
  expect(nearest(word, known)).toBe(meant)
})

it.each(['host', 'xy', '', 'broker'])('has no correction for %j', (word) => {
  expect(nearest(word, known)).toBeUndefined()
})

it('prefers the nearest word', () => {
  expect(nearest('sentinel', ['sentinels_', 'sentinels'])).toBe('sentinels')
})
