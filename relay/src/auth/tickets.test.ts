import { describe, expect, it } from 'vitest'
import type { Identity } from '../core/access/identity.js'
import { fakeClock } from '../testing/fake-clock.js'
import { Tickets } from './tickets.js'

const ada: Identity = { user: 'ada', claims: {} }
const eve: Identity = { user: 'eve', claims: {} }

describe('the tickets of a user', () => {
  it('do not crowd out those of others', () => {
    const tickets = new Tickets(fakeClock())
    const ofAda = tickets.issue(ada)
    for (let i = 0; i < 100_001; i++) tickets.issue(eve)
    expect(tickets.redeem(ofAda)).toBe(ada)
  })

  it('replace the oldest beyond their limit', () => {
    const tickets = new Tickets(fakeClock())
    const all = Array.from({ length: 1002 }, () => tickets.issue(eve))
    const [first = '', second = '', third = ''] = all
    for (const dropped of [first, second]) expect(() => tickets.redeem(dropped)).toThrow('not valid')
    expect(tickets.redeem(third)).toBe(eve)
  })

  it('leave nothing behind when they are used or expired', () => {
    const clock = fakeClock()
    const tickets = new Tickets(clock)
    for (let i = 0; i < 2000; i++) tickets.redeem(tickets.issue(eve))
    const kept = tickets.issue(eve)
    clock.advance(29_999)
    for (let i = 0; i < 999; i++) tickets.issue(eve)
    expect(tickets.redeem(kept)).toBe(eve)
    clock.advance(30_001)
    tickets.issue(ada)
    expect(tickets.size).toBe(1)
  })
})
