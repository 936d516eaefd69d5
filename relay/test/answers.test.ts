import { describe, expect, it } from 'vitest'
import { crossOrigin } from '../src/index.js'
import { fakeClock } from '../src/testing/fake-clock.js'
import { gateways, responder, start, statusesIn } from './http-gateways.js'
import { answerTo, dial, firstAnswerTo, handshake } from './raw-http.js'
import type { StartedRelay } from './start-relay.js'

const typesIn = (received: string): string[] =>
  [...received.matchAll(/^content-type: (.*)\r$/gim)].map(([, type = '']) => type)

describe('an answer on /request', () => {
  const answers: [string, unknown, string[]][] = [
    [
      'one of its own',
      { status: 200, headers: { 'content-type': 'application/json' }, body: '{}' },
      ['application/json'],
    ],
    ['in a list', { status: 200, headers: { 'Content-Type': ['text/html'] }, body: 'x' }, ['text/html']],
    ['several', { status: 200, headers: { 'content-type': ['text/css', 'text/html'] }, body: 'x' }, ['text/html']],
    ['two spellings', { status: 200, headers: { 'Content-Type': 'a/b', 'content-type': 'c/d' }, body: 'x' }, ['c/d']],
    ['an empty body', { status: 200, headers: { 'content-type': 'image/png' }, body: '' }, ['image/png']],
    ['no content', { status: 204, headers: { 'content-type': 'image/png' } }, ['image/png']],
    ['no content and no type', { status: 204 }, []],
    ['not modified', { status: 304, headers: { 'content-type': 'image/png', etag: '"1"' } }, ['image/png']],
    [
      'an error of its own',
      { status: 503, headers: { 'content-type': 'application/problem+json' }, body: '{}' },
      ['application/problem+json'],
    ],
    ['no type', { status: 200, body: 'x' }, ['text/plain; charset=UTF-8']],
  ]

  it.each(answers)('has only the content type of its responder: %s', async (_, answer, types) => {
    for (const tested of [gateways, [crossOrigin(), ...gateways]]) {
      const relay = await start({ gateways: tested })
      await responder(relay, answer)
      const received = await answerTo(relay, 'GET /request/a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
      expect(typesIn(received), received).toEqual(types)
    }
  })

  it('has one content type, also for HEAD and if the relay itself refuses', async () => {
    const relay = await start({ clock: fakeClock(), limits: { payload: 40 } })
    await responder(relay, { status: 200, headers: { 'content-type': 'image/png' }, body: 'x' })
    const head = await answerTo(
      relay,
      'HEAD /request/a?broker=nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    )
    const long = await answerTo(relay, 'POST /request/a HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\n01234567890')
    expect(statusesIn(head)).toEqual([404])
    expect(typesIn(head)).toHaveLength(1)
    expect(statusesIn(long)).toEqual([413])
    expect(typesIn(long)).toHaveLength(1)
  })
})

describe('a request of HTTP/1.0', () => {
  it.each([
    ['GET /healthz', 200],
    ['GET /readyz', 200],
    ['GET /metrics', 200],
    ['GET /ws', 426],
    ['GET /subscribe/a', 426],
    ['GET /stream', 204],
    ['POST /publish/a', 202],
    ['POST /request/a', 200],
    ['GET /nowhere', 404],
  ])('without a Host is answered: %s', async (line, status) => {
    const relay = await start()
    await responder(relay, { status: 200, body: 'x' })
    expect(statusesIn(await answerTo(relay, `${line} HTTP/1.0\r\nContent-Length: 0\r\n\r\n`))).toEqual([status])
  })
})

describe('a path with a slash at its end', () => {
  it.each([
    ['GET /healthz/', 200],
    ['HEAD /healthz/', 200],
    ['GET /healthz/?x=1', 200],
    ['GET /readyz/', 200],
    ['GET /readyz/?broker=nowhere', 404],
    ['GET /metrics/', 200],
    ['GET /ws/', 426],
    ['POST /ws/', 405],
    ['GET /stream/', 204],
    ['PUT /stream/frames/', 405],
    ['GET /healthz//', 404],
    ['GET /nowhere/', 404],
    ['POST /publish/a/', 400],
  ])('is answered as without it, if the path has no parameter: %s', async (line, status) => {
    const answer = await answerTo(
      await start(),
      `${line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
    )
    expect(statusesIn(answer)).toEqual([status])
  })

  it.each(['/ws/', '/ws/?broker=test', 'http://x/ws', 'http://x/ws/', 'HTTPS://x:1/ws?broker=test'])(
    'or in the absolute form upgrades: %s',
    async (target) => {
      const v1 = { 'Sec-WebSocket-Protocol': 'wildcast.v1+json' }
      const answer = await firstAnswerTo(await start(), handshake(`GET ${target}`, v1))
      expect(statusesIn(answer)).toEqual([101])
      expect(answer).toContain('Sec-WebSocket-Protocol: wildcast.v1+json')
    },
  )

  it.each([
    ['http://x/subscribe/a', 101],
    ['http://x/nowhere', 404],
    ['http://x', 404],
    ['http://x?/ws', 404],
    ['http://user:password@x/ws', 400],
    ['ftp://x/ws', 400],
    ['http:///ws', 400],
    ['http://x/a/../ws', 400],
    ['/ws//', 404],
  ])('the absolute form is routed by its path: %s', async (target, status) => {
    expect(statusesIn(await firstAnswerTo(await start(), handshake(`GET ${target}`)))).toEqual([status])
  })
})

describe('two Host headers', () => {
  const host = 'Host: a\r\nhost: b\r\nConnection: close\r\nContent-Length: 0\r\n'

  it.each([
    'GET /healthz',
    'GET /readyz',
    'GET /metrics',
    'GET /ws',
    'GET /subscribe/a',
    'POST /stream',
    'POST /stream/frames',
    'POST /publish/a',
    'POST /request/a',
    'OPTIONS /publish/a',
    'GET /nowhere',
    'GET http://x/healthz',
  ])('are refused with 400: %s', async (line) => {
    const relay = await start({ clock: fakeClock() })
    expect(statusesIn(await answerTo(relay, `${line} HTTP/1.1\r\n${host}\r\n`))).toEqual([400])
    expect(statusesIn(await answerTo(relay, `${line} HTTP/1.0\r\n${host}\r\n`))).toEqual([400])
  })

  it.each(['/ws', '/subscribe/a', '/nowhere', 'http://x/ws'])(
    'are refused with 400: the handshake on %s',
    async (path) => {
      const answer = await answerTo(await start(), handshake(`GET ${path}`, { HOST: 'b' }))
      expect(statusesIn(answer)).toEqual([400])
    },
  )

  it('are refused even if both are equal', async () => {
    const answer = await answerTo(
      await start(),
      'GET /healthz HTTP/1.1\r\nHost: x\r\nHost: x\r\nConnection: close\r\n\r\n',
    )
    expect(statusesIn(answer)).toEqual([400])
  })
})

describe('a body that is too long', () => {
  const next = 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n'
  const long = 'x'.repeat(200_000)
  const routes = ['/publish/a', '/request/a', '/stream']
  const small = (): Promise<StartedRelay> => start({ limits: { payload: 1000 } })

  it.each(routes)('is answered with 413 and the end of the connection: %s', async (path) => {
    const relay = await small()
    for (const body of [
      `Content-Length: ${long.length}\r\n\r\n${long}`,
      `Transfer-Encoding: chunked\r\n\r\n30d40\r\n${long}\r\n0\r\n\r\n`,
    ]) {
      const received = await answerTo(relay, `POST ${path} HTTP/1.1\r\nHost: x\r\n${body}${next}`)
      expect(statusesIn(received)).toEqual([413])
      expect(received).toMatch(/^connection: close\r$/im)
    }
  })

  it.each(routes)('is never read as the next request, however slowly it arrives: %s', async (path) => {
    const relay = await small()
    const client = await dial(relay)
    client.write(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: ${2 * long.length}\r\n\r\n`)
    await expect.poll(() => statusesIn(client.received)).toEqual([413])
    for (let i = 0; i < 100; i++) client.write(next)
    await client.closed
    expect(statusesIn(client.received)).toEqual([413])
  })

  it.each(routes)('is not requested with 100 Continue: %s', async (path) => {
    const relay = await small()
    const expecting = `POST ${path} HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: `
    expect(statusesIn(await answerTo(relay, `${expecting}${long.length}\r\n\r\n`))).toEqual([413])
  })

  it('is reported to a client that reads nothing before it has sent everything', async () => {
    const relay = await small()
    const client = await dial(relay)
    client.socket.pause()
    const body = 'x'.repeat(8_000_000)
    await new Promise<void>((resolve, reject) => {
      client.socket.once('error', reject)
      client.socket.write(`POST /publish/a HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`, () =>
        resolve(),
      )
    })
    client.socket.resume()
    expect(statusesIn(await client.closed)).toEqual([413])
  })
})

describe('a client that waits for 100 Continue', () => {
  it.each([
    ['/publish/a', [100, 202]],
    ['/request/a', [100, 200]],
    ['/publish/a..b', [100, 400]],
  ])('is requested to send an accepted body: %s', async (path, statuses) => {
    const relay = await start()
    await responder(relay, { status: 200, body: 'x' })
    const client = await dial(relay)
    client.write(
      `POST ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n`,
    )
    await expect.poll(() => client.received).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\n/)
    client.write('hi')
    expect(statusesIn(await client.closed)).toEqual(statuses)
  })

  it('gets a refusal at once, without sending the body', async () => {
    const relay = await start()
    const client = await dial(relay)
    client.write(
      'PUT /publish/a HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n',
    )
    expect(statusesIn(await client.closed)).toEqual([405])
  })
})
