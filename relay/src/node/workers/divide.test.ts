import { parsePattern } from '@wildcast/protocol'
import { expect, it } from 'vitest'
import type { Config } from '../config/config.js'
import { divide } from './divide.js'

const config: Config = {
  brokers: new Map([
    ['main', { type: 'memory' }],
    ['cache', { type: 'redis', url: 'redis://localhost' }],
    ['second', { type: 'memory' }],
  ]),
  gateways: [{ port: 3015, timeoutMs: 2000 }],
  bridges: [],
  components: [],
  notes: [],
}

it('gives each memory broker a socket for all relays, and leaves the other brokers as they are', () => {
  const { sockets, workers, inside } = divide(config, '/private')
  expect([...sockets]).toEqual([
    ['main', '/private/memory.0'],
    ['second', '/private/memory.1'],
  ])
  expect([...workers.brokers]).toEqual([
    ['main', { type: 'memory', socket: '/private/memory.0' }],
    ['cache', { type: 'redis', url: 'redis://localhost' }],
    ['second', { type: 'memory', socket: '/private/memory.1' }],
  ])
  expect(workers.gateways).toEqual(config.gateways)
  expect(inside).toBeUndefined()
})

it('keeps bridges and components out of the workers, and clients out of the process that runs them', () => {
  const bridges = [{ from: { broker: 'main', pattern: parsePattern('a.*') }, to: { broker: 'second' } }]
  const auth = { anonymous: 'guest' }
  const { workers, inside } = divide({ ...config, auth, bridges }, '/private')
  expect(workers).toMatchObject({ auth, bridges: [], components: [], gateways: config.gateways })
  expect(inside).not.toHaveProperty('auth')
  expect(inside).toMatchObject({ bridges, components: [], gateways: [] })
  expect(inside?.brokers).toEqual(workers.brokers)
})

it('keeps the sockets of open memory brokers, and gives new ones free sockets', () => {
  const known = new Map([
    ['gone', '/private/memory.0'],
    ['second', '/private/memory.1'],
  ])
  expect([...divide(config, '/private', known).sockets]).toEqual([...known, ['main', '/private/memory.2']])
})
