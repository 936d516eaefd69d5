import { type BrokerMessage, parseSubject } from '@wildcast/protocol'
import { expect, it } from 'vitest'
import type { Settle } from '../../core/broker.js'
import { fakeClock } from '../../testing/fake-clock.js'
import { offers } from './offers.js'

const message = (payload: string): BrokerMessage => ({ subject: parseSubject('job'), payload })

function shop() {
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

it('what nobody can take yet is offered again, in order, until somebody can', () => {
  const { clock, taken, offer, open } = shop()
  for (const payload of ['1', '2']) offer(payload)
  clock.advance(100)
  open(true)
  offer('3')
  expect(taken).toEqual([])
  clock.advance(10)
  offer('4')
  expect([taken, clock.timers]).toEqual([['1', '2', '3', '4'], 0])
})

it('what somebody took and could not keep is not offered again', () => {
  const clock = fakeClock()
  const settles: (Settle | undefined)[] = []
  const { offer } = offers((_, settle) => settles.push(settle), clock)
  offer(message('1'))
  settles[0]?.(false)
  clock.advance(1000)
  expect([settles.length, clock.timers]).toEqual([1, 0])
})

it('so much waits, and no more', () => {
  const { clock, taken, offer, open } = shop()
  for (let i = 0; i < 11_000; i++) offer(`${i}`)
  open(true)
  clock.advance(10)
  expect([taken.length, taken[0], taken.at(-1)]).toEqual([10_000, '0', '9999'])
  open(false)
  for (let i = 0; i < 20; i++) offer('x'.repeat(1024 * 1024))
  open(true)
  clock.advance(10)
  expect(taken.length).toBe(10_008)
})

it('nothing is left when nobody comes any more', () => {
  const { clock, taken, offer, open, end } = shop()
  offer('1')
  end()
  offer('2')
  expect(clock.timers).toBe(0)
  open(true)
  clock.advance(1000)
  expect(taken).toEqual([])
})
