import { expect, it } from 'vitest'
import { Terms } from './terms.js'

it('may begin while a connection lasts, but not change', () => {
  const newest = { text: '' }
  const terms = new Terms(newest, '')
  terms.check('')
  terms.check('b')
  terms.check('b')
  expect(() => terms.check('c')).toThrow(expect.objectContaining({ code: 'broker_down' }))
  expect(() => new Terms(newest, 'b').check('')).toThrow('were replaced or dropped')
})

it('are compared over all connections of a relay', () => {
  const newest = { text: '' }
  new Terms(newest, 'b')
  const terms = new Terms(newest, 'a')
  expect(terms.newest).toBe('b')
  expect(() => terms.check('c')).toThrow()
  expect(newest.text).toBe('c')
})
