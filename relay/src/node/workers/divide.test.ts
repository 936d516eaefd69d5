import { parsePattern } from '@wildcast/protocol'
import { expect, it } from 'vitest'
import { rule } from '../../testing/history-under-test.js'
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
  const { memory, workers, inside } = divide(config, '/private')
  expect([...memory.values()]).toEqual([
    { name: 'main', socket: '/private/memory.0' },
    { name: 'second', socket: '/private/memory.1' },
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
    ['gone', { name: 'gone', socket: '/private/memory.0' }],
    ['second', { name: 'second', socket: '/private/memory.1' }],
  ])
  const { memory, restarts } = divide(config, '/private', known)
  expect([...memory]).toEqual([...known, ['main', { name: 'main', socket: '/private/memory.2' }]])
  expect(restarts).toEqual([])
})

it('gives relays the rules of the memory broker that is open, and asks for a restart if they are different now', () => {
  const withRules = (subjects: string): Config => ({
    ...config,
    brokers: new Map([['main', { type: 'memory', store: { values: 1 }, history: [rule(subjects)] }]]),
  })
  const first = divide(withRules('a.*'), '/private')
  const main = { type: 'memory', socket: '/private/memory.0', history: [rule('a.*')] }
  expect(first.workers.brokers.get('main')).toEqual(main)
  expect(divide(withRules('a.*'), '/private', first.memory).restarts).toEqual([])
  const second = divide(withRules('b.*'), '/private', first.memory)
  expect(second.workers.brokers.get('main')).toEqual(main)
  expect(second.restarts).toEqual(['restart to change the history of broker "main"'])
  expect(divide(config, '/private', first.memory).restarts).toEqual([
    'restart to change the store of broker "main"',
    'restart to change the history of broker "main"',
  ])
})
