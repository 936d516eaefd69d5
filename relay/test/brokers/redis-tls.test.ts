import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { RedisSettings } from '../../src/brokers/settings.js'
import { makeCertificates } from '../servers/certificates.js'
import { endsWithTest } from '../servers/ends-with-test.js'
import { type Redis, startRedis } from '../servers/redis.js'
import { temporaryFolder } from '../servers/temporary-folder.js'
import { downReason, expectWorks, open } from './redis-link.js'

describe('TLS (SP-BRK-11)', () => {
  const ours = makeCertificates()
  const foreign = makeCertificates('foreign')
  const rootCertificate = ours.caFile
  const client = ({ client: { certFile, keyFile } }: typeof ours) => ({
    clientCertificate: { certificate: certFile, key: keyFile },
  })
  let server: Redis
  let strict: Redis
  beforeAll(async () => {
    server = await startRedis({ tls: ours, args: ['--bind', '127.0.0.1 127.0.0.2'] })
    strict = await startRedis({ tls: ours, requireClientCertificate: true, password: 'x' })
    return () => Promise.all([server.stop(), strict.stop()])
  })

  const at = (host: string): string => `rediss://${host}:${server.port}`

  it.each(['localhost', '127.0.0.1'])('reaches a server whose certificate is trusted: %s', async (host) => {
    await expectWorks({ url: at(host), tls: { rootCertificate } })
  })

  it.each([
    ['another authority', { rootCertificate: foreign.caFile }],
    ['public authorities', undefined],
  ])('refuses a server with a foreign certificate if the relay trusts %s', async (_, tls) => {
    expect(await downReason({ url: at('localhost'), ...(tls && { tls }) })).toBe(
      `the certificate of Redis at localhost:${server.port} is signed by an authority ` +
        'that this relay does not trust: look at "root_certificate"',
    )
  })

  it('refuses a server whose certificate names another host, unless the options name it', async () => {
    const settings = { url: at('127.0.0.2'), tls: { rootCertificate } }
    expect(await downReason(settings)).toBe(
      `the certificate of Redis at 127.0.0.2:${server.port} names another host: look at "url"`,
    )
    await expectWorks({ ...settings, options: { tls: { servername: 'localhost' } } })
  })

  it('shows a client certificate', async () => {
    await expectWorks({ url: strict.url, tls: { rootCertificate, ...client(ours) } })
  })

  it.each<[string, () => RedisSettings['tls'], string]>([
    ['missing', () => ({}), 'Redis at HERE requires a client certificate: look at "client_certificate"'],
    ['wrong', () => client(foreign), 'Redis at HERE refused the client certificate: look at "client_certificate"'],
    [
      'for another key',
      () => ({ clientCertificate: { certificate: ours.client.certFile, key: foreign.client.keyFile } }),
      'a certificate or key for Redis at HERE is not usable as PEM, or they do not belong together: ' +
        'look at "root_certificate" and "client_certificate"',
    ],
  ])('reports a client certificate that is %s', async (_, certificate, reason) => {
    const why = await downReason({ url: strict.url, tls: { rootCertificate, ...certificate() } })
    expect(why).toBe(reason.replace('HERE', `localhost:${strict.port}`))
  })

  it('reports that a certificate file is missing, and retries', async () => {
    const missing = path.join(temporaryFolder(), 'ca.pem')
    const { causes, statuses } = await open({ url: at('localhost'), tls: { rootCertificate: missing } })
    expect(causes).toEqual([`can't read ${missing} (ENOENT): look at "root_certificate"`])
    writeFileSync(missing, ours.ca)
    await expect.poll(() => statuses).toEqual(['down', 'up'])
  })

  it('is reported if only the server expects it', async () => {
    expect(await downReason({ url: at('localhost').replace('rediss', 'redis') })).toBe(
      `Redis at localhost:${server.port} closed the connection before it answered; ` +
        'perhaps it expects TLS: write "url" with rediss://',
    )
  })

  it('is reported if only the relay expects it', async () => {
    const plain = endsWithTest(await startRedis())
    const url = plain.url.replace('redis', 'rediss')
    expect(await downReason({ url, options: { connectTimeout: 300 } })).toBe(
      `Redis at 127.0.0.1:${plain.port} does not answer: look at firewalls on the way; ` +
        'if it does not speak TLS, write "url" with redis://',
    )
  })
})
