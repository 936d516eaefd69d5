import { describe, expect, it } from 'vitest'
import { Bucket, KeyedRates, Rate } from './rates.js'

/** Takes a cost if the bucket admits it. */
function takes(bucket: Bucket, cost: number, nowMs: number): boolean {
  if (bucket.waitMs(cost, nowMs) > 0) return false
  bucket.take(cost)
  return true
}

describe('a bucket', () => {
  it('admits its rate at once, and then one for each share of a second', () => {
    const bucket = new Bucket(10, 0)
    const admitted = (nowMs: number): number =>
      Array.from({ length: 20 }, () => takes(bucket, 1, nowMs)).filter(Boolean).length
    expect({
      first: admitted(0),
      after100ms: admitted(100),
      after1s: admitted(1100),
      afterAnHour: admitted(4e6),
    }).toEqual({ first: 10, after100ms: 1, after1s: 10, afterAnHour: 10 })
  })

  it('returns the wait after which it admits a cost, exactly', () => {
    const bucket = new Bucket(10, 0)
    for (let i = 0; i < 10; i++) bucket.take(1)
    const waitMs = bucket.waitMs(1, 0)
    expect(waitMs).toBe(100)
    expect(bucket.waitMs(1, waitMs - 1)).toBeGreaterThan(0)
    expect(bucket.waitMs(1, waitMs)).toBe(0)
  })

  it('admits a cost above the whole bucket when it is full, and makes up for it', () => {
    const bucket = new Bucket(100, 0)
    expect(takes(bucket, 1000, 0)).toBe(true)
    expect(bucket.waitMs(1, 0)).toBe(9010)
    expect(takes(bucket, 1000, 9999)).toBe(false)
    expect(takes(bucket, 1000, 10_000)).toBe(true)
  })
})

describe('a rate of messages and bytes', () => {
  it('counts both', () => {
    const rate = new Rate({ count: 10, bytes: 1000 }, 0)
    rate.take(1000)
    expect({ small: rate.waitMs(0, 0), large: rate.waitMs(500, 0) }).toEqual({ small: 0, large: 500 })
    for (let i = 0; i < 9; i++) rate.take(0)
    expect(rate.waitMs(0, 0)).toBe(100)
  })

  it('admits everything without limits', () => {
    const rate = new Rate({ count: undefined }, 0)
    for (let i = 0; i < 1000; i++) rate.take(1e9)
    expect(rate.waitMs(1e9, 0)).toBe(0)
  })
})

describe('the rates of users', () => {
  it('are the same for the same key', () => {
    const rates = new KeyedRates({ count: 1 })
    rates.of('ada', 0).take(0)
    expect({ ada: rates.of('ada', 0).waitMs(0, 0), bob: rates.of('bob', 0).waitMs(0, 0) }).toEqual({
      ada: 1000,
      bob: 0,
    })
  })

  it('take memory only for those that were active in the last second', () => {
    const rates = new KeyedRates({ count: 1 })
    for (let i = 0; i < 100_000; i++) rates.of(`user${i}`, i).take(0)
    expect(rates.size).toBeLessThan(4096)
  })

  it('never forget one that is used up', () => {
    const rates = new KeyedRates({ count: 1 })
    for (let i = 0; i < 5000; i++) rates.of(`user${i}`, 0).take(0)
    expect(rates.of('user0', 0).waitMs(0, 0)).toBe(1000)
  })
})
