import { describe, expect, it } from 'vitest'
import type { RedisSettings } from '../settings.js'
import { addressText, nodeAddress, redisAddressOf, redisClientOptions, sentinelOptions } from './options.js'

const optionsOf = (settings: RedisSettings, certificates = {}): ReturnType<typeof redisClientOptions> =>
  redisClientOptions(settings, certificates, redisAddressOf(settings))

describe('an address', () => {
  it.each([
    ['redis://example.org', 'example.org', 6379, 'example.org:6379'],
    ['redis://u:p@example.org:7000/3', 'example.org', 7000, 'example.org:7000'],
    ['rediss://[::1]:7000', '::1', 7000, '[::1]:7000'],
  ])('is shown without credentials: %s', (url, host, port, text) => {
    expect(redisAddressOf({ url })).toEqual({ host, port })
    expect(addressText({ host, port })).toBe(text)
  })

  it('of a node is a host and a port, without a scheme', () => {
    expect(nodeAddress('[::1]:7000')).toEqual({ host: '::1', port: 7000 })
    expect(nodeAddress('localhost:7001')).toEqual({ host: 'localhost', port: 7001 })
  })
})

describe('the options of a client', () => {
  it('take the credentials and the database from the URL', () => {
    const url = 'redis://me:a%2Fb%25@localhost/3'
    expect(optionsOf({ url })).toMatchObject({ host: 'localhost', port: 6379, username: 'me', password: 'a/b%', db: 3 })
    expect(optionsOf({ url: 'redis://:100%@localhost' })).toMatchObject({ password: '100%' })
  })

  it('prefer those of the settings', () => {
    const settings = { url: 'redis://me:x@localhost/3', username: 'you', password: 'y', db: 0 }
    expect(optionsOf(settings)).toMatchObject({ username: 'you', password: 'y' })
    expect(optionsOf(settings)).not.toHaveProperty('db')
  })

  it('have no user, password or database if the settings have none', () => {
    const options = optionsOf({ url: 'redis://localhost' })
    for (const key of ['username', 'password', 'db', 'tls', 'sentinels']) expect(options).not.toHaveProperty(key)
  })

  it('hold certificates for an encrypted connection only', () => {
    const certificates = { ca: Buffer.from('ca'), cert: Buffer.from('cert'), key: Buffer.from('key') }
    expect(optionsOf({ url: 'rediss://localhost' }, certificates).tls).toEqual(certificates)
    expect(optionsOf({ url: 'rediss://localhost' }).tls).toEqual({})
    expect(optionsOf({ url: 'redis://localhost' }, certificates).tls).toBeUndefined()
  })

  it('name the sentinels, which use TLS if their master does', () => {
    const settings = {
      url: 'redis://localhost',
      sentinels: ['a:1', 'b:2'],
      sentinelName: 'main',
      sentinelPassword: 's',
    }
    expect(optionsOf(settings)).toMatchObject({
      sentinels: [
        { host: 'a', port: 1 },
        { host: 'b', port: 2 },
      ],
      name: 'main',
      sentinelPassword: 's',
    })
    expect(optionsOf(settings)).not.toHaveProperty('sentinelTLS')
    const encrypted = { ...settings, url: 'rediss://localhost' }
    const ca = Buffer.from('ca')
    expect(optionsOf(encrypted, { ca })).toMatchObject({ enableTLSForSentinelMode: true, sentinelTLS: { ca } })
    expect(optionsOf({ ...encrypted, options: { sentinelTLS: null } })).toMatchObject({ sentinelTLS: null })
  })

  it('hold the credentials of sentinels in a client that subscribes to one', () => {
    const settings = {
      url: 'rediss://me:x@localhost',
      sentinels: ['[::1]:1'],
      sentinelName: 'main',
      sentinelPassword: 's',
    }
    const ca = Buffer.from('ca')
    const made = sentinelOptions(
      { ...settings, options: { sentinelUsername: 'you', family: 6 } },
      { ca },
      nodeAddress('[::1]:1'),
    )
    expect(made).toMatchObject({
      host: '::1',
      port: 1,
      username: 'you',
      password: 's',
      tls: { ca },
      family: 6,
      retryStrategy: null,
    })
    expect(
      sentinelOptions({ ...settings, url: 'redis://me:x@localhost' }, { ca }, nodeAddress('a:1')),
    ).not.toHaveProperty('tls')
  })

  it('pass on the options of the settings, except those that reconnect', () => {
    const options = {
      family: 6,
      retryStrategy: () => 1,
      enableOfflineQueue: true,
      tls: { servername: 'x' },
      host: 'no',
    }
    const made = optionsOf({ url: 'rediss://localhost', options })
    expect(made).toMatchObject({ family: 6, tls: { servername: 'x' }, host: 'localhost' })
    expect(made).toMatchObject({ retryStrategy: null, enableOfflineQueue: false, autoResubscribe: false })
  })

  it.each<RedisSettings>([
    { url: 'redis://localhost', options: { keyPrefix: 'x' } },
    { url: 'redis://localhost', options: { monitor: true } },
    { url: 'redis://localhost', cluster: ['localhost:7000'], prefix: 'a{}' },
    { url: 'redis://localhost/main' },
  ])('are refused if they would break a promise: %j', (settings) => {
    expect(() => optionsOf(settings)).toThrow(expect.objectContaining({ code: 'unsupported' }))
  })
})
