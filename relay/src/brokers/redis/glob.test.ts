import { describe, expect, it } from 'vitest'
import { globMatches, globText } from './glob.js'

describe('a glob', () => {
  it.each([
    [['a'], 'a'],
    [['a.', ''], 'a.*'],
    [['', '.b'], '*.b'],
    [['t.[a-b]?^\\*', ''], 't.\\[a-b]\\?^\\\\\\**'],
  ])('has escaped literals in the syntax of Redis: %j', (glob, text) => {
    expect(globText(glob)).toBe(text)
  })

  it.each([
    [['a'], 'a', true],
    [['a'], 'ab', false],
    [['a.', ''], 'a.', true],
    [['a.', ''], 'a.b.c', true],
    [['a.', ''], 'b.a.', false],
    [['', '.b'], 'a.b', true],
    [['', '.b'], 'a.b.c', false],
    [['a', 'b', 'c'], 'a1b2c', true],
    [['a', 'b', 'c'], 'abbc', true],
    [['a', 'b', 'c'], 'a1c', false],
    [['ab', 'ba'], 'aba', false],
    [['', ''], '', true],
  ])('%j matches "%s": %s', (glob, name, matches) => {
    expect(globMatches(glob, name)).toBe(matches)
  })
})
