import { expect, it } from 'vitest'
import { fakeClock } from '../../testing/fake-clock.js'
import type { ToChild } from './child-messages.js'
import { moduleReloads } from './module-reloads.js'

function open(there = true) {
  const clock = fakeClock()
  const sent: ToChild[] = []
  const reloads = moduleReloads(clock)
  const slot = {
    send(message: ToChild): boolean {
      sent.push(message)
      return there
    },
  }
  return { clock, sent, received: reloads.received, request: () => reloads.request(slot) }
}

it('resolves when the process has loaded the modules, and rejects with its reason', async () => {
  const { sent, request, received, clock } = open()
  const both = [request(), request()]
  expect(sent).toEqual([
    { kind: 'reload', number: 1 },
    { kind: 'reload', number: 2 },
  ])
  const refused = expect(both[1]).rejects.toMatchObject({ code: 'internal', message: 'broken' })
  received(2, 'broken')
  received(1, undefined)
  await both[0]
  await refused
  expect(clock.timers).toBe(0)
})

it('rejects if the process is not running, or does not answer', async () => {
  await expect(open(false).request()).rejects.toMatchObject({ code: 'interrupted' })
  const { request, clock } = open()
  const refused = expect(request()).rejects.toMatchObject({ code: 'interrupted' })
  clock.advance(60_000)
  await refused
})
