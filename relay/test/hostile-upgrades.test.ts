import { describe, expect, it } from 'vitest'
import { crossOrigin, health, http, httpRequest, websocket } from '../src/index.js'
import { fakeClock } from '../src/testing/fake-clock.js'
import { bystander } from './bystander.js'
import { answerTo, dial, firstAnswerTo, handshake, request } from './raw-http.js'
import { rawSocket } from './raw-socket.js'
import { type StartedRelay, startRelay } from './start-relay.js'

const shop = 'https://shop.example'
const v1 = { 'Sec-WebSocket-Protocol': 'wildcast.v1+json' }

/** A relay that accepts pages of the list, and clients that are not browsers. */
const guarded = (): Promise<StartedRelay> =>
  startRelay({ gateways: [crossOrigin({ origins: [shop] }), http, health, websocket({ mode: 'json' })] })

const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1])

describe('an invalid handshake', () => {
  const version = 'Sec-WebSocket-Version'
  const refused: [string, string, number, RegExp][] = [
    ['an unknown path', handshake('GET /nowhere'), 404, /try \/ws\n$/],
    ['version 12', handshake('GET /ws', { [version]: '12' }), 426, /\r\nSec-WebSocket-Version: 13\r\n/],
    ['version 8, whose origin has another name', handshake('GET /ws', { [version]: '8' }), 426, /Version: 13\r\n/],
    ['two versions', handshake('GET /ws', { [version]: '13, 8' }), 426, /\r\nSec-WebSocket-Version: 13\r\n/],
    ['no version', handshake('GET /ws', { [version]: undefined }), 426, /\r\nSec-WebSocket-Version: 13\r\n/],
    ['no key', handshake('GET /ws', { 'Sec-WebSocket-Key': undefined }), 400, /Sec-WebSocket-Key/],
    [
      'a key of 15 bytes',
      handshake('GET /ws', { 'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAA' }),
      400,
      /Sec-WebSocket-Key/,
    ],
    ['two protocols', handshake('GET /ws', { Upgrade: 'websocket, h2c' }), 400, /leave the Upgrade header out\n$/],
    ['POST', handshake('POST /ws', { 'Content-Length': '0' }), 400, /GET/],
    ['POST with a body', `${handshake('POST /ws', { 'Content-Length': '2' })}hi`, 400, /GET/],
    ['a path that goes up', handshake('GET /subscribe/../ws'), 400, /\n$/],
  ]

  it.each(refused)(
    'is answered and closed, and no other client notices: %s (H1)',
    async (_, bytes, status, message) => {
      const relay = await startRelay()
      const works = await bystander(relay)
      const answer = await answerTo(relay, bytes)
      expect(statusOf(answer)).toBe(status)
      expect(answer).toMatch(message)
      await works()
      expect(relay.errors).toEqual([])
    },
  )
})

describe('an origin', () => {
  it.each([
    ['sent twice', { Origin: `${shop}\r\nOrigin: https://evil.example` }, 403],
    [
      'sent in the header of version 8',
      { 'Sec-WebSocket-Version': '8', 'Sec-WebSocket-Origin': 'https://evil.example' },
      426,
    ],
    [
      'after more headers than Node keeps',
      { 'X-Many': `${'\r\nx:'.repeat(2001)}\r\nOrigin: https://evil.example` },
      431,
    ],
  ])('does not bypass the list: %s (H2)', async (_, headers, status) => {
    const relay = await guarded()
    expect(statusOf(await firstAnswerTo(relay, handshake('GET /ws', headers)))).toBe(status)
  })
})

describe('subprotocols (H7)', () => {
  const offer = async (offered: string, path = '/ws'): Promise<string> =>
    firstAnswerTo(await startRelay(), handshake(`GET ${path}`, { 'Sec-WebSocket-Protocol': offered }))

  it('of which one is known, after 2,500 others, are answered with that one', async () => {
    const unknown = Array.from({ length: 2500 }, (_, i) => `p${i}`)
    const answer = await offer([...unknown, 'wildcast.v1+msgpack', 'wildcast.v1+json'].join(','))
    expect(statusOf(answer)).toBe(101)
    expect(answer).toContain('\r\nSec-WebSocket-Protocol: wildcast.v1+msgpack\r\n')
  })

  it('are refused if one comes twice (RFC 6455, 4.1), or the list is invalid', async () => {
    for (const offered of ['', 'wildcast.v1+json,,', 'wildcast.v1+json, wildcast.v1+json'])
      expect({ offered, status: statusOf(await offer(offered)) }).toEqual({ offered, status: 400 })
  })

  it('are not selected by an endpoint without any', async () => {
    const answer = await offer('wildcast.v1+json', '/subscribe/a')
    expect(statusOf(answer)).toBe(101)
    expect(answer).not.toContain('Sec-WebSocket-Protocol')
  })
})

describe('headers of a handshake', () => {
  it('that request 8,000 extensions without a name get none (H8)', async () => {
    const relay = await startRelay()
    const works = await bystander(relay)
    const answer = await firstAnswerTo(relay, handshake('GET /ws', { 'Sec-WebSocket-Extensions': ';'.repeat(8000) }))
    expect(statusOf(answer)).toBe(101)
    expect(answer).not.toContain('Sec-WebSocket-Extensions')
    await works()
  })

  it.each([
    ['one of 20 kB', `X: ${'x'.repeat(20_000)}`],
    ['4,000 short ones', Array(4000).fill('x:').join('\r\n')],
    ['4,000 long ones', Array(4000).fill('x-long: header').join('\r\n')],
  ])('are too many: %s, also in a request (H9)', async (_, headers) => {
    const relay = await guarded()
    const works = await bystander(relay)
    const named = { Accept: `*/*\r\n${headers}` }
    for (const bytes of [handshake('GET /ws', named), request('POST /publish/a', ['Content-Length: 0', headers])])
      expect(statusOf(await answerTo(relay, bytes))).toBe(431)
    await works()
  })

  it.each(['/ws?broker=a%0d%0aX-Evil:%201', '/subscribe/a%0d%0aX-Evil:%201'])(
    'never contain text of a client: %s (H20)',
    async (path) => {
      const answer = await answerTo(await startRelay(), handshake(`GET ${path}`))
      expect(statusOf(answer)).toBe(400)
      expect(answer).not.toMatch(/^x-evil/im)
    },
  )
})

describe('a client that sends a handshake', () => {
  it('and then nothing is disconnected, even without authentication (H10, H11)', async () => {
    const clock = fakeClock()
    const relay = await startRelay({ clock })
    const silent = await rawSocket(relay.address)
    clock.advance(60_000)
    expect(await silent.closed).toBe(4408)
  })

  // The pending answer would be mixed with the frames.
  it('while an answer is pending is disconnected (H15)', async () => {
    const relay = await startRelay({
      clock: fakeClock(), // there is no answer and no timeout
      gateways: [http, websocket(), httpRequest({ form: 'json' })],
    })
    const works = await bystander(relay)
    const client = await dial(relay)
    client.write(`GET /request/a HTTP/1.1\r\nHost: x\r\n\r\n${handshake('GET /ws', v1)}`)
    expect(await client.closed).toBe('')
    await works()
  })
})
