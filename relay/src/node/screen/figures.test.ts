import { expect, it } from 'vitest'
import { bar, columns } from './bars.js'
import { shortBytes, shortNumber, shortTime } from './figures.js'

it.each([
  [0, '0'],
  [0.5, '0.5'],
  [1.234, '1.23'],
  [12.34, '12.3'],
  [9999, '9999'],
  [12_345, '12.3k'],
  [1_234_567, '1.23M'],
  [Number.NaN, '-'],
])('the number %d is %s', (value, text) => {
  expect(shortNumber(value)).toBe(text)
})

it('times and bytes have their unit', () => {
  expect([shortTime(0.25), shortTime(1500), shortBytes(0), shortBytes(1536), shortBytes(5 * 1024 ** 3)]).toEqual([
    '0.25 ms',
    '1.5 s',
    '0 B',
    '1.5 KiB',
    '5 GiB',
  ])
})

it('bars have eighths, and show that something is there', () => {
  expect([bar(1, 3), bar(0.5, 3), bar(0.0001, 3), bar(0, 3)]).toEqual(['███', '█▌', '▏', ''])
  expect([columns([0, 50, 100]), columns([0, 0]), columns([])]).toEqual(['▁▄█', '▁▁', ''])
})
