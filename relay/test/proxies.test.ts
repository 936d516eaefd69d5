import { once } from 'node:events'
import { connect as tcp } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { trustedProxies } from '../src/gateways/endpoints/trusted-proxies.js'
import { crossOrigin, everything, health, http, type RelayServerOptions, websocket } from '../src/index.js'
import { answerTo, dial, firstAnswerTo, handshake, request } from './raw-http.js'
import { type StartedRelay, startRelay } from './start-relay.js'

const post = (headers: readonly string[]): string => request('POST /publish/a', ['Content-Length: 0', ...headers])

/** A relay, and the addresses that its authentication sees. */
async function start(proxies: readonly string[], options: Partial<RelayServerOptions> = {}) {
  const addresses: (string | undefined)[] = []
  const relay = await startRelay({
    gateways: [trustedProxies({ proxies }), crossOrigin(), http, health, websocket({ mode: 'json' })],
    trustedProxies: proxies,
    authenticate: async ({ address }) => {
      addresses.push(address)
      return everything
    },
    ...options,
  })
  return { relay, addresses }
}

const loopback = ['127.0.0.1']
const behind = ['127.0.0.0/8', '10.0.0.0/8', 'fd00::/8']

describe('the address of a client', () => {
  it.each([
    ['of a stranger who claims another', [], ['X-Forwarded-For: 8.8.8.8', 'X-Real-IP: 8.8.8.8'], '127.0.0.1'],
    ['of a stranger beside other proxies', ['10.0.0.0/8'], ['Forwarded: for=8.8.8.8'], '127.0.0.1'],
    ['behind a proxy', loopback, ['X-Forwarded-For: 8.8.8.8'], '8.8.8.8'],
    ['behind a proxy that states none', loopback, [], '127.0.0.1'],
    ['behind two proxies', behind, ['X-Forwarded-For: 8.8.8.8, 10.1.2.3'], '8.8.8.8'],
    ['that claims another behind a proxy', loopback, ['X-Forwarded-For: 1.1.1.1, 8.8.8.8'], '8.8.8.8'],
    ['in two header lines', loopback, ['X-Forwarded-For: 1.1.1.1', 'X-Forwarded-For: 8.8.8.8'], '8.8.8.8'],
    ['that claims 1,000 hops', behind, [`X-Forwarded-For: ${'1.1.1.1, '.repeat(1000)}8.8.8.8, 10.0.0.1`], '8.8.8.8'],
    ['of which all hops are trusted', behind, ['X-Forwarded-For: 10.0.0.2, 10.0.0.1'], '10.0.0.2'],
    ['in IPv6', loopback, ['X-Forwarded-For: 2001:DB8:0:0::1'], '2001:db8::1'],
    ['in IPv6 with a zone', loopback, ['X-Forwarded-For: fe80::1%eth0'], 'fe80::1'],
    ['in IPv6 with a port', loopback, ['X-Forwarded-For: [2001:db8::1]:443'], '2001:db8::1'],
    ['of IPv4 in IPv6', loopback, ['X-Forwarded-For: ::ffff:8.8.8.8'], '8.8.8.8'],
    ['with a port', loopback, ['X-Forwarded-For: 8.8.8.8:99'], '8.8.8.8'],
    [
      'by Forwarded',
      behind,
      ['Forwarded: for=1.1.1.1;by=x, For="[2001:db8::1]:99";proto=https, for=10.0.0.1'],
      '2001:db8::1',
    ],
    ['that is hidden', loopback, ['Forwarded: for=1.1.1.1, for=_hidden'], '127.0.0.1'],
    ['that is unknown behind a trusted hop', behind, ['X-Forwarded-For: 8.8.8.8, unknown, 10.0.0.1'], '10.0.0.1'],
    ['in headers that disagree', loopback, ['X-Forwarded-For: 8.8.8.8', 'Forwarded: for=9.9.9.9'], '127.0.0.1'],
    ['in headers that agree', loopback, ['X-Forwarded-For: 8.8.8.8', 'Forwarded: for=8.8.8.8'], '8.8.8.8'],
    ['that is empty', loopback, ['X-Forwarded-For: '], '127.0.0.1'],
  ])('%s (H4)', async (_, proxies, headers, address) => {
    const { relay, addresses } = await start(proxies)
    await answerTo(relay, post(headers))
    const fields = headers.map((line) => line.split(/: (.*)/s).slice(0, 2) as [string, string])
    // A handshake can't repeat a name in an object.
    if (new Set(fields.map(([name]) => name)).size === fields.length) {
      const upgraded = await firstAnswerTo(relay, handshake('GET /subscribe/a', Object.fromEntries(fields)))
      expect(upgraded).toMatch(/^HTTP\/1\.1 101 /)
    }
    expect([...new Set(addresses)]).toEqual([address])
  })

  it('is not known by headers for an identity, from a trusted proxy neither (H5)', async () => {
    const identities: unknown[] = []
    const { relay } = await start(loopback, {
      authenticate: async ({ token, certificate }) => {
        identities.push({ token, certificate })
        return everything
      },
    })
    await answerTo(relay, post(['X-User-Id: admin', 'X-Forwarded-User: admin', 'X-Client-Cert: CN=admin']))
    expect(identities).toEqual([{ token: undefined, certificate: undefined }])
  })
})

describe('the origin of a page behind a proxy', () => {
  it.each([
    [loopback, 'https://shop.example', ['X-Forwarded-Proto: https', 'X-Forwarded-Host: shop.example'], 202],
    [loopback, 'http://shop.example', ['X-Forwarded-Proto: https', 'X-Forwarded-Host: shop.example'], 403],
    [loopback, 'https://shop.example', ['Forwarded: for=8.8.8.8;host=shop.example;proto=https'], 202],
    [[], 'https://shop.example', ['X-Forwarded-Proto: https', 'X-Forwarded-Host: shop.example'], 403],
  ])('trusting %j, %s with %j: %i', async (proxies, origin, headers, status) => {
    const { relay } = await start(proxies)
    expect(await answerTo(relay, post([`Origin: ${origin}`, ...headers]))).toMatch(`HTTP/1.1 ${status} `)
  })
})

const signature = Buffer.from('0d0a0d0a000d0a515549540a', 'hex')

/** A PROXY header of version 2. */
function header(family: number, rest: Buffer, command = 0x21): Buffer {
  const length = Buffer.alloc(2)
  length.writeUInt16BE(rest.length)
  return Buffer.concat([signature, Buffer.of(command, family), length, rest])
}

const v4 = Buffer.from([8, 8, 8, 8, 10, 0, 0, 1, 0, 80, 0, 81])
const v6 = Buffer.from('20010db8000000000000000000000001fd000000000000000000000000000001005000510a', 'hex').subarray(
  0,
  36,
)

describe('the PROXY protocol', () => {
  const proxied = (proxies = loopback) => start(proxies, { proxyProtocol: true })

  async function send({ port }: StartedRelay, parts: readonly (Buffer | string)[]): Promise<string> {
    const socket = tcp({ host: '127.0.0.1', port, noDelay: true })
    onTestFinished(() => void socket.destroy())
    let received = ''
    socket.on('data', (chunk) => {
      received += String(chunk)
    })
    socket.on('error', () => {})
    const closed = new Promise((resolve) => socket.once('close', resolve))
    await once(socket, 'connect')
    for (const part of parts) {
      socket.write(part)
      await new Promise(setImmediate)
    }
    await closed
    return received
  }

  it.each([
    ['IPv4', header(0x11, v4), '8.8.8.8'],
    ['IPv6', header(0x21, v6), '2001:db8::1'],
    ['extensions', header(0x11, Buffer.concat([v4, Buffer.of(0x20, 0, 1, 1, 4, 0, 1, 0)])), '8.8.8.8'],
    ['no address', header(0x00, Buffer.alloc(0)), '127.0.0.1'],
    ['a health check', header(0x11, v4, 0x20), '127.0.0.1'],
  ])('states the address: %s', async (_, head, address) => {
    const { relay, addresses } = await proxied()
    expect(await send(relay, [Buffer.concat([head, Buffer.from(post([]))])])).toMatch(/^HTTP\/1\.1 202 /)
    expect(await send(relay, [...head].map((byte) => Buffer.of(byte)).concat(Buffer.from(post([]))))).toMatch(/ 202 /)
    expect(addresses).toEqual([address, address])
  })

  it.each([
    ['HTTP at once', Buffer.from(post([]))],
    ['version 1', Buffer.from(`PROXY TCP4 8.8.8.8 10.0.0.1 80 81\r\n${post([])}`)],
    ['version 3', header(0x11, v4, 0x31)],
    ['an unknown command', header(0x11, v4, 0x22)],
    ['too few bytes for its addresses', header(0x21, v4)],
    ['64 KiB', header(0x11, Buffer.alloc(65_535))],
  ])('ends a connection with %s, and reports it', async (_, bytes) => {
    const { relay } = await proxied()
    expect(await send(relay, [bytes])).toBe('')
    expect(relay.errors).toHaveLength(1)
    expect(relay.errors[0]).toContain('"stage":"proxy"')
  })

  it('is taken from trusted proxies only', async () => {
    const { relay } = await proxied(['10.0.0.0/8'])
    expect(await send(relay, [header(0x11, v4), post([])])).toBe('')
    expect(relay.errors[0]).toContain('127.0.0.1 is not one of')
  })

  it('ends a connection without a header within 5 s, and delays no other', async () => {
    const { relay } = await proxied()
    const silent = await dial(relay)
    expect(await send(relay, [header(0x11, v4), post([])])).toMatch(/ 202 /)
    expect(await silent.closed).toBe('')
  })
})
