import { describe, expect, it } from 'vitest'
import { slotOf } from './slots.js'

// As CLUSTER KEYSLOT of Redis 7 replies.
describe('the slot', () => {
  it.each([
    ['', 0],
    ['foo', 12182],
    ['123456789', 12739],
    ['a{foo}b', 12182],
    ['{foo}{bar}', 12182],
    ['{}foo', 9500],
    ['foo{}{bar}', 8363],
    ['foo{{bar}}zap', 4015],
    ['{wildcast}:groups', 9903],
    ['ü.😀', 4683],
  ])('of "%s" is %i', (key, slot) => {
    expect(slotOf(key)).toBe(slot)
  })
})
