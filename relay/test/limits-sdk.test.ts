import { stream } from '@wildcast/client/stream'
import { expect, it } from 'vitest'
import { clientOf, type TestedClient } from './client-of.js'
import { startRelay } from './start-relay.js'

const speaking: [string, TestedClient][] = [
  ['a WebSocket', {}],
  ['plain HTTP', { transport: stream }],
  ['a connection in memory', { inProcess: true }],
]

it.each(speaking)(
  'the SDK sends publishes over %s as fast as the relay accepts them, each once (L2)',
  async (_, options) => {
    const relay = await startRelay({ limits: { publishes: 50 } })
    const errors: unknown[] = []
    const client = clientOf(relay, { onError: (error) => errors.push(error), ...options })
    const received: unknown[] = []
    await new Promise<void>((resolve) => {
      client.subscribe('a', ({ data }) => received.push(data), {
        onStatus: (status) => status === 'ready' && resolve(),
      })
    })
    const numbers = Array.from({ length: 120 }, (_, i) => i)
    const outcomes = await Promise.all(numbers.map((i) => client.publish('a', i)))
    expect(outcomes).toEqual(numbers.map(() => 'confirmed'))
    await expect.poll(() => received.length, { timeout: 60_000 }).toBeGreaterThanOrEqual(numbers.length)
    expect(received.toSorted((a, b) => Number(a) - Number(b))).toEqual(numbers)
    expect(errors).toEqual([])
  },
)
