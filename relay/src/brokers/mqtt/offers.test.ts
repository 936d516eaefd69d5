import { type BrokerMessage, parseSubject } from '@wildcast/protocol'
import { expect, it } from 'vitest'
import type { Settle } from '../../core/broker.js'
import { fakeClock } from '../../testing/fake-clock.js'
import { offers } from './offers.js'

const message = (payload: string): BrokerMessage => ({ subject: parseSubject('job'), payload })

function openOffers() {
  const clock = fakeClock()
  const taken: string[] = []
  let isOpen = false
  const { offer, end } = offers(({ payload }, settle) => {
    if (isOpen) taken.push(String(payload))
    settle?.(isOpen)
  }, clock)
  return {
    clock,
    taken,
    end,
    offer: (payload: string) => offer(message(payload)),
    open: (now: boolean) => (isOpen = now),
  }
}

it('a message that no member can take is offered again, in order, until one can', () => {
  const { clock, taken, offer, open } = openOffers()
  for (const payload of ['1', '2']) offer(payload)
  clock.advance(100)
  open(true)
  offer('3')
  expect(taken).toEqual([])
  clock.advance(10)
  offer('4')
  expect({ taken, timers: clock.timers }).toEqual({ taken: ['1', '2', '3', '4'], timers: 0 })
})

it('a message that a member took and refused later is not offered again', () => {
  const clock = fakeClock()
  const settles: (Settle | undefined)[] = []
  const { offer } = offers((_, settle) => settles.push(settle), clock)
  offer(message('1'))
  settles[0]?.(false)
  clock.advance(1000)
  expect({ offers: settles.length, timers: clock.timers }).toEqual({ offers: 1, timers: 0 })
})

it('a limited number of messages and bytes wait', () => {
  const { clock, taken, offer, open } = openOffers()
  for (let i = 0; i < 11_000; i++) offer(`${i}`)
  open(true)
  clock.advance(10)
  expect({ count: taken.length, first: taken[0], last: taken.at(-1) }).toEqual({
    count: 10_000,
    first: '0',
    last: '9999',
  })
  open(false)
  for (let i = 0; i < 20; i++) offer('x'.repeat(1024 * 1024))
  open(true)
  clock.advance(10)
  expect(taken.length).toBe(10_008)
})

it('nothing is left after the end', () => {
  const { clock, taken, offer, open, end } = openOffers()
  offer('1')
  end()
  offer('2')
  expect(clock.timers).toBe(0)
  open(true)
  clock.advance(1000)
  expect(taken).toEqual([])
})
