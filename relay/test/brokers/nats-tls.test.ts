import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { parsePattern } from '@wildcast/protocol'
import { beforeAll, describe, expect, it } from 'vitest'
import type { NatsSettings } from '../../src/brokers/settings.js'
import { deaf } from '../../src/testing/listener.js'
import { makeCertificates } from '../servers/certificates.js'
import { endsWithTest } from '../servers/ends-with-test.js'
import { type Nats, startNats } from '../servers/nats.js'
import { temporaryFolder } from '../servers/temporary-folder.js'
import { linked, opened, whyDown } from './nats-link.js'

describe('TLS (SP-BRK-8)', () => {
  const ours = makeCertificates()
  const foreign = makeCertificates('foreign')
  const client = ({ client: { certFile, keyFile } }: typeof ours) => ({
    clientCertificate: { certificate: certFile, key: keyFile },
  })
  const rootCertificate = ours.caFile
  let server: Nats
  let demanding: Nats
  beforeAll(async () => {
    server = await startNats({ tls: ours })
    demanding = await startNats({ tls: ours, requireClientCertificate: true })
    return () => Promise.all([server.stop(), demanding.stop()])
  })

  it.each([
    ['by name', () => `localhost:${server.port}`],
    ['by IP address', () => `nats://127.0.0.1:${server.port}`],
    ['as tls://', () => `tls://localhost:${server.port}`],
  ])('reaches a server whose certificate is trusted %s', async (_, address) => {
    expect(await linked({ addresses: [address()], tls: { rootCertificate } })).toEqual(['up'])
  })

  it.each<[string, NatsSettings['tls']]>([
    ['another authority', { rootCertificate: foreign.caFile }],
    ['none', true],
    ['none, and TLS only as the server requires', undefined],
  ])('refuses a server whose certificate is not signed by the trusted authority: %s', async (_, tls) => {
    expect(await whyDown({ addresses: [`localhost:${server.port}`], ...(tls === undefined ? {} : { tls }) })).toBe(
      `the certificate of NATS at localhost:${server.port} is signed by an authority that this relay does not trust: ` +
        'look at "root_certificate"',
    )
  })

  it('presents a client certificate', async () => {
    const tls = { rootCertificate, ...client(ours) }
    expect(await linked({ addresses: [demanding.url], tls })).toEqual(['up'])
  })

  it.each([
    ['missing', {}, 'requires a client certificate: look at "client_certificate"'],
    ['wrong', client(foreign), 'refused the client certificate: look at "client_certificate"'],
  ])('reports that the client certificate is %s', async (_, certificate, reason) => {
    const tls = { rootCertificate, ...certificate }
    expect(await whyDown({ addresses: [demanding.url], tls })).toBe(`NATS at localhost:${demanding.port} ${reason}`)
  })

  it('reads certificates at each connection: an open one stays, and the next presents the new ones (N14)', async () => {
    const own = endsWithTest(await startNats({ tls: ours, requireClientCertificate: true }))
    const folder = temporaryFolder()
    const files = { certificate: path.join(folder, 'client.pem'), key: path.join(folder, 'client.key') }
    const write = ({ client: { cert, key } }: typeof ours): void => {
      writeFileSync(files.certificate, cert)
      writeFileSync(files.key, key)
    }
    write(ours)
    const { broker, events } = await opened({
      addresses: [own.url],
      tls: { rootCertificate, clientCertificate: files },
    })
    await expect.poll(() => events).toEqual(['up'])
    write(foreign)
    await broker.subscribe({ pattern: parsePattern('a.*') }, deaf)
    expect(events).toEqual(['up'])
    await own.restart()
    const refused = `NATS at localhost:${own.port} refused the client certificate: look at "client_certificate"`
    await expect.poll(() => events).toContain(refused)
    write(ours)
    await expect.poll(() => events.at(-1)).toBe('up')
  })

  it('reports that a certificate or its key is unusable', async () => {
    const garbage = path.join(temporaryFolder(), 'garbage.pem')
    writeFileSync(garbage, 'not a certificate')
    const { certFile: certificate, keyFile: key } = ours.client
    for (const clientCertificate of [
      { certificate: garbage, key },
      { certificate, key: garbage },
      { certificate, key: foreign.client.keyFile },
    ])
      expect(await whyDown({ addresses: [server.url], tls: { rootCertificate, clientCertificate } })).toBe(
        `a certificate or key for NATS at localhost:${server.port} is not usable as PEM, ` +
          'or they do not belong together: look at "root_certificate" and "client_certificate"',
      )
  })

  it('reports that a certificate file is missing, and retries', async () => {
    const missing = path.join(temporaryFolder(), 'ca.pem')
    const events = await linked({ addresses: [server.url], tls: { rootCertificate: missing } })
    expect(events).toEqual([`can't read ${missing} (ENOENT): look at "root_certificate"`])
    writeFileSync(missing, ours.ca)
    await expect.poll(() => events.at(-1)).toBe('up')
  })

  it.each<[string, string, NatsSettings['tls']]>([
    ['tls = true', '', true],
    ['tls://', 'tls://', undefined],
  ])('is required by %s, and a server without TLS is refused', async (_, scheme, tls) => {
    const plain = endsWithTest(await startNats())
    const address = `${scheme}127.0.0.1:${plain.port}`
    expect(await whyDown({ addresses: [address], ...(tls === undefined ? {} : { tls }) })).toContain(
      'the server does not speak TLS',
    )
  })
})
