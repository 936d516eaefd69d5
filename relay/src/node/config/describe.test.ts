import { parsePattern } from '@wildcast/protocol'
import { expect, it } from 'vitest'
import type { Config } from './config.js'
import { describe } from './describe.js'

const config: Config = {
  brokers: new Map([
    ['main', { type: 'redis', url: 'redis://me:secret@redis' }],
    ['sensors', { type: 'mqtt', address: 'mqtt://mqtt' }],
  ]),
  gateways: [{ port: 3015, timeoutMs: 2000 }],
  bridges: [{ from: { broker: 'sensors', pattern: parsePattern('temp.**') }, to: { broker: 'main' } }],
  components: [],
  notes: [],
}

it('names brokers, ports and bridges', () => {
  expect(describe(config)).toBe('2 brokers (main: redis, sensors: mqtt), 1 gateway on 3015, 1 bridge')
})

it('omits missing bridges, and mentions missing gateways', () => {
  const brokers = new Map([['main', { type: 'memory' as const }]])
  expect(describe({ ...config, brokers, gateways: [], bridges: [] })).toBe('1 broker (main: memory), no gateway')
})

it('names several ports, and free ones', () => {
  const gateways = [3005, 0].map((port) => ({ port, timeoutMs: 2000 }))
  expect(describe({ ...config, gateways, bridges: [] })).toMatch(/, 2 gateways on 3005, a free port$/)
})
