import { describe, expect, it } from 'vitest'
import type { Config, GatewayConfig } from '../config/config.js'
import { paint } from '../screen/paint.js'
import { checkClock } from './check-clock.js'
import { checkConfig } from './check-config.js'
import { checkSystem } from './check-system.js'
import { doctorText } from './doctor-text.js'
import { failure, ok } from './finding.js'

const mib = 1024 ** 2
const healthy = { descriptors: 65_536, somaxconn: 4096, localPorts: 28_000, memory: 4096 * mib, heap: 2048 * mib }

describe('the limits of the system', () => {
  it('are fine, or not known', () => {
    expect(checkSystem(healthy).map(({ level }) => level)).toEqual(['ok', 'ok', 'ok', 'ok'])
    const unknown = {
      descriptors: Number.POSITIVE_INFINITY,
      somaxconn: undefined,
      localPorts: undefined,
      memory: undefined,
    }
    expect(checkSystem({ ...healthy, ...unknown }).map(({ level }) => level)).toEqual(['ok', 'note', 'note', 'ok'])
  })

  it.each([
    [{ descriptors: 1024 }, undefined, 'warning', /ulimit -n 65536/],
    [{ descriptors: 100 }, undefined, 'error', /LimitNOFILE/],
    [{ descriptors: 10_000 }, 20_000, 'error', /ulimit -n 21024/],
    [{ somaxconn: 128 }, undefined, 'warning', /sysctl -w net\.core\.somaxconn/],
    [{ localPorts: 100 }, undefined, 'warning', /ip_local_port_range/],
    [{ memory: 64 * mib }, undefined, 'warning', /256 MiB/],
    [{ memory: 1000 * mib }, undefined, 'warning', /--max-old-space-size=750/],
  ])('%j is reported with a remedy', (facts, connections, level, remedy) => {
    const found = checkSystem({ ...healthy, ...facts }, connections).filter((one) => one.level !== 'ok')
    expect(found).toEqual([
      { area: 'system', level, message: expect.any(String), remedy: expect.stringMatching(remedy) },
    ])
  })
})

describe('the clock', () => {
  const at = (time: number) => checkClock({ name: 'it', time, asked: 100_000, answered: 101_000, exactMs: 1000 })

  it.each([
    [100_500, 'ok', /agrees/],
    [97_100, 'ok', /agrees/],
    [102_900, 'ok', /agrees/],
    [90_000, 'warning', /9 s ahead of that of it/],
    [111_000, 'warning', /10 s behind that of it/],
    [900_000, 'error', /tokens are refused/],
  ])('with the other at %d is %s', (time, level, message) => {
    expect(at(time)).toMatchObject({ level, message: expect.stringMatching(message) })
  })
})

describe('the configuration', () => {
  const gateway: GatewayConfig = { port: 1, timeoutMs: 1 }
  const config = (more: Partial<Config>): Config => ({
    brokers: new Map([['main', { type: 'memory' }]]),
    gateways: [gateway],
    bridges: [],
    components: [],
    notes: [],
    ...more,
  })
  const found = (more: Partial<Config>): string[] =>
    checkConfig(config(more)).map(({ level, message }) => `${level}: ${message}`)

  it('is open to all: each door has its finding', () => {
    expect(found({ admin: { host: '0.0.0.0', port: 2 } })).toEqual([
      'warning: without [auth] every client may do everything',
      expect.stringMatching(/^warning: everyone who reaches 0\.0\.0\.0 may use the admin port/),
      expect.stringMatching(/^note: port 1: only pages of its own origin/),
      expect.stringMatching(/^warning: port 1 has no TLS and trusts no proxy/),
    ])
  })

  it('is fine with users, a local admin port, origins and a proxy', () => {
    const gateways = [{ ...gateway, origins: ['https://a.example'], trustedProxies: ['10.0.0.0/8'] }]
    const levels = checkConfig(config({ auth: {}, admin: { host: '::1', port: 2 }, gateways })).map(
      ({ level }) => level,
    )
    expect(levels).toEqual(['ok', 'ok', 'ok'])
    expect(found({ gateways: [{ ...gateway, host: '127.0.0.1' }] }).map((one) => one.split(':')[0])).toEqual([
      'note',
      'note',
    ])
  })

  it('has passwords that are too short, wherever they are written, and shows none', () => {
    const found = checkConfig(
      config({
        brokers: new Map([
          ['redis', { type: 'redis', url: 'redis://:zzz@a' }],
          ['mqtt', { type: 'mqtt', address: 'mqtt://u:zzz@a' }],
          ['nats', { type: 'nats', addresses: ['u:zzz@a'] }],
          ['token', { type: 'nats', addresses: ['a'], auth: { kind: 'token', token: 'zzz' } }],
          ['long', { type: 'redis', url: 'redis://a', password: 'z'.repeat(16) }],
          ['none', { type: 'redis', url: 'redis://a' }],
        ]),
      }),
    )
    const short = found.filter(({ message }) => message.includes('password of broker'))
    expect(short.map(({ message }) => /"(\w+)"/.exec(message)?.[1])).toEqual(['redis', 'mqtt', 'nats', 'token'])
    expect(JSON.stringify(found)).not.toContain('zzz')
  })
})

it('is printed by area, with remedies, and without control characters', () => {
  const findings = [ok('versions', 'fine'), failure('brokers', 'down\u001b[2J', 'start it')]
  expect(doctorText(findings, paint(false))).toBe(
    'versions\n  ok      fine\n\nbrokers\n  error   down?[2J\n          → start it\n\n1 error, 0 warnings\n',
  )
})
