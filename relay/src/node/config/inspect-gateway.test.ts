import { copyFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeCertificates } from '../../../test/servers/certificates.js'
import { temporaryFolder } from '../../../test/servers/temporary-folder.js'
import { inspect } from './inspect.js'

const { server, client, caFile } = makeCertificates()

/** The problems of a configuration with these lines, beside its certificates. */
async function problemsOf(lines: string): Promise<string> {
  const folder = temporaryFolder()
  copyFileSync(server.certFile, path.join(folder, 'server.pem'))
  copyFileSync(server.keyFile, path.join(folder, 'server.key'))
  copyFileSync(client.keyFile, path.join(folder, 'client.key'))
  copyFileSync(caFile, path.join(folder, 'ca.pem'))
  writeFileSync(path.join(folder, 'broken.pem'), 'broken')
  const file = path.join(folder, 'wildcast.toml')
  writeFileSync(file, `brokers.main.type = "memory"\n${lines}`)
  return inspect(file).then(
    () => 'none',
    (cause: Error) => cause.message.replaceAll(`${folder}/`, ''),
  )
}

describe('the TLS of a gateway', () => {
  it.each([
    ['tls = { certificate = "server.pem", key = "server.key", client_ca = "ca.pem" }', 'none'],
    ['[[gateway]]\nport = 1\ntls = { certificate = "server.pem", key = "server.key" }', 'none'],
    [
      'tls = { certificate = "server.pem" }',
      'wildcast.toml:2: "key" in [tls] is missing; add it, such as "server.key"',
    ],
    [
      'tls = { certificate = "none.pem", key = "server.key" }',
      expect.stringMatching(/^wildcast\.toml:2: "certificate" in \[tls\] names a file that does not exist/),
    ],
    [
      'tls = { certificate = "broken.pem", key = "broken.pem", client_ca = "broken.pem" }',
      expect.stringMatching(
        /"certificate" .* without a certificate.*\n.*"key" .* private key.*\n.*"client_ca" .* without/,
      ),
    ],
    [
      '[[gateway]]\nport = 1\ntls = { certificate = "server.pem", key = "client.key" }',
      expect.stringMatching(/^wildcast\.toml:4: "key" .* does not belong to "certificate"/),
    ],
    [
      'proxy_protocol = true',
      'wildcast.toml:2: "proxy_protocol" needs "trusted_proxies", since only these may connect; add ' +
        'trusted_proxies = ["10.0.0.0/8"]',
    ],
    [
      '[[gateway]]\nport = 1\nproxy_protocol = true',
      expect.stringMatching(/^wildcast\.toml:4: "proxy_protocol" .* needs "trusted_proxies"/),
    ],
    [
      'trusted_proxies = ["10.0.0.0/40"]',
      'wildcast.toml:2: item 1 of "trusted_proxies" must be an address or a network, such as "10.0.0.0/8"',
    ],
    ['admin = "3016"', 'wildcast.toml:2: "admin" must be a host and a port, such as "localhost:7000"'],
    [
      'host = "127.0.0.1"\nadmin = "127.0.0.1:3015"',
      'wildcast.toml:3: "port" in [admin] is 3015, which the main gateway already has; choose another',
    ],
  ])('is checked with its files: %s', async (lines, problems) => {
    expect(await problemsOf(lines)).toEqual(problems)
  })
})
