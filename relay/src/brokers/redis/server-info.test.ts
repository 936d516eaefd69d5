import { describe, expect, it } from 'vitest'
import { isOlder, serverInfo } from './server-info.js'

describe('the facts of a server', () => {
  it('are read from INFO', () => {
    const text =
      '# Server\r\nredis_version:7.0.15\r\nrun_id:5c7b\r\n' +
      '\r\n# Persistence\r\nloading:0\r\nrole:slave\r\ncluster_enabled:1\r\n'
    expect(serverInfo(text)).toEqual({
      version: '7.0.15',
      replica: true,
      loading: false,
      cluster: true,
      runId: '5c7b',
    })
    expect(serverInfo('loading:1\r\nrole:master')).toMatchObject({ version: '', replica: false, loading: true })
  })

  it.each([
    ['1000', 'allkeys-lru', 'allkeys-lru'],
    ['0', 'allkeys-lru', undefined],
    ['1000', 'noeviction', undefined],
    ['1000', 'volatile-lru', undefined],
  ])('has at most %s bytes and the policy %s: evicts by %s', (most, policy, evicts) => {
    expect(serverInfo(`maxmemory:${most}\r\nmaxmemory_policy:${policy}`).evicts).toBe(evicts)
  })

  it.each([
    ['7.0.8', true],
    ['6.2.14', true],
    ['7.0.9', false],
    ['7.0.15', false],
    ['7.2', false],
    ['10.0.0', false],
    ['', false],
    ['unknown', false],
  ])('make version "%s" older than 7.0.9: %s', (version, older) => {
    expect(isOlder(version, '7.0.9')).toBe(older)
  })
})
