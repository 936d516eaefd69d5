import { expect, it } from 'vitest'
import { nameOf, shown } from './path.js'

it.each([
  [[], 'it'],
  [['port'], '"port"'],
  [['brokers', 'main', 'url'], '"url" in [brokers.main]'],
  [['brokers', 'main', 'addresses', 1], 'item 2 of "addresses" in [brokers.main]'],
  [['bridge', 0], 'item 1 of "bridge"'],
  [['bridge', 0, 'from'], '"from" in item 1 of "bridge"'],
])('names %j as %s', (path, name) => {
  expect(nameOf(path)).toBe(name)
})

it('shows words, and nothing that may contain a password or a line break', () => {
  expect(['main', 'my broker', 'redis://me:secret@host', 'a\nb', 'x'.repeat(65)].map(shown)).toEqual([
    'main',
    'my broker',
    '…',
    '…',
    '…',
  ])
})
