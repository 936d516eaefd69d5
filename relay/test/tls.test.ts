import { once } from 'node:events'
import { copyFileSync, writeFileSync } from 'node:fs'
import { Agent, request as send } from 'node:https'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { type TLSSocket, connect as tls } from 'node:tls'
import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { everything, health, http, type RelayServerOptions, websocket } from '../src/index.js'
import type { GatewayTls } from '../src/node/front/tls-files.js'
import { dial } from './raw-http.js'
import { makeCertificates } from './servers/certificates.js'
import { temporaryFolder } from './servers/temporary-folder.js'
import { startRelay } from './start-relay.js'

const { caFile, ca, server, client } = makeCertificates()
const other = makeCertificates('others')

async function start(more: Partial<GatewayTls> = {}, options: Partial<RelayServerOptions> = {}) {
  const certificates: (string | undefined)[] = []
  const relay = await startRelay({
    gateways: [http, health, websocket({ mode: 'json' })],
    tls: { certificate: server.certFile, key: server.keyFile, ...more },
    authenticate: async ({ certificate }) => {
      certificates.push(certificate)
      return everything
    },
    ...options,
  })
  return { ...relay, certificates }
}

/** The status of a request, or the code of its failure. */
async function statusOf(
  port: number,
  own: { cert?: string; key?: string; ca?: string } = {},
): Promise<number | string> {
  const agent = new Agent({ ca, ...own, maxCachedSessions: 0 })
  const request = send({ host: '127.0.0.1', port, path: '/publish/a', method: 'POST', agent }).end()
  try {
    const [response] = await once(request, 'response')
    await text(response)
    return response.statusCode
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code ?? String(cause)
  } finally {
    agent.destroy()
  }
}

/** A connection with TLS. */
async function connect(port: number, authority = ca): Promise<TLSSocket> {
  const socket = tls({ host: '127.0.0.1', port, ca: authority })
  onTestFinished(() => void socket.destroy())
  await once(socket, 'secureConnect')
  return socket
}

describe('TLS at the relay', () => {
  it('serves HTTPS and WSS, and no plain HTTP', async () => {
    const relay = await start()
    expect(await statusOf(relay.port)).toBe(202)
    const ws = new WebSocket(`wss://127.0.0.1:${relay.port}/ws`, 'wildcast.v1+json', { ca })
    await once(ws, 'open')
    ws.send('{"Connect":{}}')
    expect(String((await once(ws, 'message'))[0])).toContain('Welcome')
    ws.close()
    await once(ws, 'close')
    const plain = await dial(relay)
    plain.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n')
    expect(await plain.closed).not.toContain('200')
    expect(relay.errors).toEqual([])
  })

  it('is not delayed by 100 clients that do not finish their handshakes (H10)', async () => {
    const relay = await start()
    const silent = await Promise.all(Array.from({ length: 100 }, () => dial(relay)))
    for (const one of silent.slice(50)) one.socket.write(Buffer.from('160301', 'hex'))
    expect(await statusOf(relay.port)).toBe(202)
    // They are cut off after 10 s.
    await Promise.all(silent.map(({ closed }) => closed))
  })

  it('uses changed files for new connections, and leaves open ones alone', async () => {
    const folder = temporaryFolder()
    const files = { certificate: path.join(folder, 'a.pem'), key: path.join(folder, 'a.key') }
    copyFileSync(server.certFile, files.certificate)
    copyFileSync(server.keyFile, files.key)
    const relay = await start(files)
    const open = await connect(relay.port)
    const issuer = async (): Promise<string> => {
      const socket = tls({ host: '127.0.0.1', port: relay.port, rejectUnauthorized: false })
      await once(socket, 'secureConnect')
      const { issuer } = socket.getPeerCertificate()
      socket.destroy()
      return String(issuer.CN)
    }
    expect(await issuer()).toBe('ours')

    writeFileSync(files.certificate, 'broken')
    await expect.poll(() => relay.errors.join(), { timeout: 30_000 }).toContain('the old one stays')
    expect(await issuer()).toBe('ours')

    copyFileSync(other.server.certFile, files.certificate)
    copyFileSync(other.server.keyFile, files.key)
    await expect.poll(issuer, { timeout: 30_000 }).toBe('others')

    open.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n')
    expect(String((await once(open, 'data'))[0])).toMatch(/^HTTP\/1\.1 200 /)
  })

  it('with "client_ca" takes clients with a certificate of that authority only, and knows its subject', async () => {
    const relay = await start({ clientCa: caFile })
    expect(await statusOf(relay.port, { cert: client.cert, key: client.key })).toBe(202)
    expect(relay.certificates).toEqual(['CN=client'])
    for (const own of [{}, { cert: other.client.cert, key: other.client.key }])
      expect(await statusOf(relay.port, own)).toMatch(/ERR_SSL|ECONNRESET|EPIPE/)
    expect(relay.certificates).toHaveLength(1)
  })

  it('ends behind a proxy that states the client before the handshake', async () => {
    const addresses: unknown[] = []
    const relay = await start(
      {},
      {
        proxyProtocol: true,
        trustedProxies: ['127.0.0.1'],
        authenticate: async ({ address }) => {
          addresses.push(address)
          return everything
        },
      },
    )
    const raw = (await dial(relay)).socket
    raw.removeAllListeners('data')
    raw.write(Buffer.from('0d0a0d0a000d0a515549540a2111000c080808080a00000100500051', 'hex'))
    const socket = tls({ socket: raw, ca, host: '127.0.0.1' })
    await once(socket, 'secureConnect')
    socket.write('POST /publish/a HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n')
    expect(String((await once(socket, 'data'))[0])).toMatch(/^HTTP\/1\.1 202 /)
    expect(addresses).toEqual(['8.8.8.8'])
  })

  it('closes with its clients', async () => {
    const relay = await start()
    const socket = await connect(relay.port)
    const closed = once(socket, 'close')
    await relay.close()
    await closed
  })
})
