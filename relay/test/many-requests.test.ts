import { parsePattern } from '@wildcast/protocol'
import { expect, it, onTestFinished } from 'vitest'
import type { OpenBroker } from '../src/core/broker.js'
import type { Clock } from '../src/core/clock.js'
import { httpRequest, memory, newId, realClock } from '../src/index.js'
import { startRelay } from './start-relay.js'

/** A broker and a clock that count open interests and timers. */
function counted(): {
  readonly open: OpenBroker
  readonly clock: Clock
  left(): { interests: number; timers: number }
} {
  let interests = 0
  const timers = new Set<() => void>()
  const clock: Clock = {
    ...realClock,
    after(ms, run) {
      const undo = realClock.after(ms, () => {
        timers.delete(undo)
        run()
      })
      timers.add(undo)
      return () => {
        timers.delete(undo)
        undo()
      }
    },
  }
  const open: OpenBroker = async (events) => {
    const broker = await memory({ clock, newId })(events)
    const { subscribe } = broker
    broker.subscribe = async (interest, listener) => {
      const undo = await subscribe.call(broker, interest, listener)
      interests++
      return async () => {
        interests--
        await undo()
      }
    }
    return broker
  }
  return { open, clock, left: () => ({ interests, timers: timers.size }) }
}

/** The original's row requires 5,000; a leak shows with 1,000, too. */
const count = process.env.WILDCAST_LONG ? 5000 : 1000

it(`${count} requests with 64 in flight are all answered, and leave nothing behind (SP-GW-5)`, async () => {
  const { open, clock, left } = counted()
  const { address, relay } = await startRelay({
    brokers: { main: open },
    clock,
    gateways: [httpRequest({ form: 'json', timeoutMs: 300_000 })],
  })
  const { inside } = relay
  const undo = await inside.listen(
    'main',
    { pattern: parsePattern('request.*.POST.echo') },
    {
      ended: () => {},
      deliver({ payload, responseSubject }) {
        const { body } = JSON.parse(String(payload)) as { body: number[] }
        const subject = parsePattern(String(responseSubject))
        void inside.publish('main', { subject, payload: JSON.stringify({ status: 200, body }) })
      },
    },
  )
  onTestFinished(() => undo())
  const before = left()
  let next = 0
  const wrong: string[] = []
  const ask = async (): Promise<void> => {
    for (let n = next++; n < count; n = next++) {
      const response = await fetch(`http://${address}/request/echo`, { method: 'POST', body: `${n}` })
      const text = await response.text()
      if (response.status !== 200 || text !== `${n}`) wrong.push(`${n}: ${response.status} ${text}`)
    }
  }
  await Promise.all(Array.from({ length: 64 }, ask))
  expect(wrong).toEqual([])
  // An interest lingers for a moment, in case a client comes back.
  await expect.poll(left).toEqual(before)
})
