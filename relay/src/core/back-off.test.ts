import { expect, it } from 'vitest'
import { backOffMs } from './back-off.js'

it('doubles with each failure, up to the longest wait', () => {
  const waits = [0, 1, 2, 3, 5000].map((failures) => backOffMs({ firstMs: 100, longestMs: 500 }, failures))
  expect(waits).toEqual([100, 200, 400, 500, 500])
})
