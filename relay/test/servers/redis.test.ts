import { beforeAll, describe, expect, it } from 'vitest'
import { answersAfterPause } from './answers-after-pause.js'
import { makeCertificates } from './certificates.js'
import { endsWithTest } from './ends-with-test.js'
import { type Redis, startRedis } from './redis.js'
import { redisCli, redisSubscriber } from './redis-cli.js'

const ours = makeCertificates()
const foreign = makeCertificates('foreign')
const bytes = Buffer.of(0, 255, 10, 34, 92, 128, 32, 10)

describe('Redis', () => {
  let shared: Redis
  beforeAll(async () => {
    shared = await startRedis()
    return shared.stop
  })

  it('delivers unchanged bytes to a foreign subscriber', async () => {
    const channel = endsWithTest(await redisSubscriber(shared.url, 'good.apple'))
    const pattern = endsWithTest(await redisSubscriber(shared.url, 'good.*', { command: 'PSUBSCRIBE' }))
    for (const input of [bytes, '']) expect(await redisCli(shared.url, ['PUBLISH', 'good.apple'], { input })).toBe('2')
    for (const { next } of [channel, pattern]) {
      expect(await next()).toEqual({ channel: 'good.apple', payload: bytes })
      expect(await next()).toEqual({ channel: 'good.apple', payload: Buffer.of() })
    }
  })

  it('restarts on its port with its data', async () => {
    const redis = endsWithTest(await startRedis({ args: ['--appendonly', 'yes', '--appendfsync', 'always'] }))
    await redisCli(redis.url, ['SET', 'a', '1'])
    await redis.kill()
    await expect(redisCli(redis.url, ['PING'])).rejects.toThrow('Connection refused')
    await redis.restart()
    expect(await redisCli(redis.url, ['GET', 'a'])).toBe('1')
    await redis.restart()
    expect(await redisCli(redis.url, ['GET', 'a'])).toBe('1')
  })

  it('answers requests of a pause when it is resumed', async () => {
    const redis = endsWithTest(await startRedis())
    await answersAfterPause(
      redis,
      () => redisCli(redis.url, ['PING']),
      () => redisCli(shared.url, ['PING']),
    )
  })

  it('requires its password', async () => {
    const redis = endsWithTest(await startRedis({ password: 'so secret/@' }))
    expect(await redisCli(redis.url, ['PING'])).toBe('PONG')
    await expect(redisCli(`redis://127.0.0.1:${redis.port}`, ['PING'])).rejects.toThrow('NOAUTH')
  })

  it('accepts TLS clients that trust it and that it trusts', async () => {
    const redis = endsWithTest(await startRedis({ tls: ours, requireClientCertificate: true }))
    const ping = ({ caFile }: typeof ours, { client }: typeof ours): Promise<string> =>
      redisCli(redis.url, ['PING'], { flags: ['--cacert', caFile, '--cert', client.certFile, '--key', client.keyFile] })
    expect(await ping(ours, ours)).toBe('PONG')
    await expect(ping(foreign, ours)).rejects.toThrow('certificate verify failed')
    await expect(ping(ours, foreign)).rejects.toThrow()
    await expect(redisCli(redis.url, ['PING'], { flags: ['--cacert', ours.caFile] })).rejects.toThrow()
  })
})
