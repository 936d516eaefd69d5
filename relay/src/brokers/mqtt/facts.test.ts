import { expect, it } from 'vitest'
import { fakeClock } from '../../testing/fake-clock.js'
import { factProperties, packetFacts } from './facts.js'

const five = { version: 5 } as const

it('facts become properties, and facts again', () => {
  const clock = fakeClock()
  for (const format of [0, 1]) {
    const beside = { contentType: 'text/plain', correlation: Uint8Array.of(0, 255), format }
    const expiresAt = clock.wall() + 5000
    const properties = factProperties({ beside, expiresAt }, five, clock)
    expect(properties).toMatchObject({ payloadFormatIndicator: format === 1, messageExpiryInterval: 5 })
    expect(packetFacts({ properties, qos: 1 }, clock)).toEqual({ beside, expiresAt, qos: 1 })
  }
})

it.each([
  [-5000, 1],
  [0, 1],
  [1001, 2],
  [1e15, 2 ** 32 - 1],
])('an expiry in %d ms is sent as %d s', (ms, seconds) => {
  const clock = fakeClock()
  expect(factProperties({ expiresAt: clock.wall() + ms }, five, clock).messageExpiryInterval).toBe(seconds)
})

it('a message without facts has no properties, and on MQTT 3.1.1 none has', () => {
  const clock = fakeClock()
  expect(factProperties({}, five, clock)).toEqual({})
  expect(factProperties({ beside: { contentType: 'x' }, expiresAt: 1 }, { version: 4 }, clock)).toEqual({})
  expect(packetFacts({ qos: 0 }, clock)).toEqual({})
})

it('correlation data beside a response topic is not among the facts', () => {
  const properties = { responseTopic: 'r', correlationData: Buffer.of(1) }
  expect(packetFacts({ properties }, fakeClock())).toEqual({})
})
