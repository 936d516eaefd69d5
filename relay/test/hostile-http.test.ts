import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type Action, health, http, httpRequest, metrics, serverSentEvents, websocket } from '../src/index.js'
import { staticFiles } from '../src/node/static-files.js'
import { fakeClock } from '../src/testing/fake-clock.js'
import { scriptedBroker } from '../src/testing/scripted-broker.js'
import { bystander } from './bystander.js'
import { answerTo, handshake, request } from './raw-http.js'
import { startRelay } from './start-relay.js'

const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1])
const allowOf = (answer: string): string | undefined => /^allow: (.*)\r$/im.exec(answer)?.[1]
const noBody = 'Content-Length: 0'

/** A folder whose only file is `index.html`, inside a folder with a secret. */
async function publicFolder(): Promise<string> {
  const parent = await mkdtemp(path.join(tmpdir(), 'wildcast-static-'))
  onTestFinished(() => rm(parent, { recursive: true }))
  await writeFile(path.join(parent, 'secret'), 'secret')
  const folder = await mkdtemp(path.join(parent, 'public-'))
  await writeFile(path.join(folder, 'index.html'), 'page')
  return folder
}

describe('the headers of a client', () => {
  /** The answers of a relay, and the permissions that it checks. */
  async function effect(headers: readonly string[]): Promise<unknown> {
    const actions: Action[] = []
    const authorize = (action: Action): boolean => actions.push(action) > 1 // the first one is forbidden
    const relay = await startRelay({ authorize, gateways: [http, health] })
    const answers: string[] = []
    for (const line of ['POST /publish/a', 'POST /publish/a', 'GET /nowhere'])
      answers.push(await answerTo(relay, request(line, [noBody, 'X-Request-Id: 1', ...headers])))
    return { actions, answers: answers.map((answer) => answer.replace(/^Date: .*\r\n/m, '')) }
  }

  it.each([
    ['1,000 hops', [`X-Forwarded-For: ${Array(1000).fill('127.0.0.1').join(', ')}`]],
    [
      'an address with a zone',
      ['X-Forwarded-For: fe80::1%eth0', 'Forwarded: for="[fe80::1%25eth0]";proto=https;host=evil'],
    ],
    ['another scheme and host', ['X-Forwarded-Proto: https', 'X-Forwarded-Host: evil.example', 'X-Real-IP: 10.0.0.1']],
  ])('have no effect on its address: %s (H4)', async (_, headers) => {
    expect(await effect(headers)).toEqual(await effect([]))
  })

  it('have no effect on its identity (H5, H11)', async () => {
    const names = ['X-User-Id', 'X-Remote-User', 'X-Forwarded-User', 'Authorization', 'Cookie']
    expect(await effect(names.map((name) => `${name}: admin`))).toEqual(await effect([]))
  })
})

describe('another host', () => {
  const gateways = [http, health, serverSentEvents, websocket(), httpRequest()]

  it.each(['evil.example', 'evil.example:99999', 'evil.example/x?', 'x@evil.example', '', 'evil.example\r\nHost: x'])(
    'is never repeated: Host: %j (H6)',
    async (host) => {
      const relay = await startRelay({ gateways })
      for (const line of ['GET /healthz', 'POST /publish/a..b', 'GET /subscribe/a', 'GET /request/a', 'GET /nowhere']) {
        const answer = await answerTo(relay, `${line} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
        expect(statusOf(answer)).toBeLessThan(500)
        expect(answer).not.toContain('evil')
      }
      expect(relay.errors).toEqual([])
    },
  )

  it.each([
    ['http://evil.example', 200],
    ['https://evil.example:1', 200],
    ['http://user:password@evil.example', 400],
    ['http://', 400],
    ['ftp://evil.example', 400],
  ])('is neither repeated nor logged: %s/healthz (H6)', async (origin, status) => {
    const relay = await startRelay({ gateways })
    for (const line of [`GET ${origin}/healthz`, `POST ${origin}/publish/a`]) {
      const answer = await answerTo(relay, request(line, [noBody]))
      const expected = line.startsWith('POST') && status === 200 ? 202 : status
      expect(statusOf(answer)).toBe(expected)
      expect(answer).not.toMatch(/evil|password/)
    }
    expect(relay.errors).toEqual([])
  })
})

describe('a request with ambiguous framing', () => {
  const te = 'Transfer-Encoding: chunked'
  it.each([
    ['a length and a coding', ['Content-Length: 5', te], '0\r\n\r\n'],
    ['two lengths', ['Content-Length: 5', 'Content-Length: 6'], 'hello!'],
    ['the same length twice', ['Content-Length: 5', 'Content-Length: 5'], 'hello'],
    ['a length that no number can hold', [`Content-Length: 1${'0'.repeat(30)}`], ''],
    ['a length below 0', ['Content-Length: -1'], ''],
    ['an unknown coding', ['Transfer-Encoding: xchunked'], '0\r\n\r\n'],
    ['a coding after chunked', ['Transfer-Encoding: chunked, x'], '0\r\n\r\n'],
    ['NUL in a header', ['X: a\0b'], ''],
    ['a folded header', ['X: a\r\n b'], ''],
    ['a space before a colon', [noBody, 'X : a'], ''],
    ['a chunk without a length', [te], 'zz\r\n'],
    ['a second chunk without a length', [te], '1\r\na\r\nzz\r\n'],
  ])('is refused: %s (H12, H13)', async (_, headers, body) => {
    const relay = await startRelay()
    const works = await bystander(relay)
    expect(statusOf(await answerTo(relay, request('POST /publish/a', headers, body)))).toBe(400)
    await works()
    expect(relay.errors).toEqual([])
  })

  it('is refused: bare line feeds (H13)', async () => {
    expect(statusOf(await answerTo(await startRelay(), 'GET /healthz HTTP/1.1\nHost: x\n\n'))).toBe(400)
  })

  it('is refused: a chunk extension of 20 kB (H14)', async () => {
    const relay = await startRelay()
    const works = await bystander(relay)
    const body = `1;${'x'.repeat(20_000)}\r\na\r\n0\r\n\r\n`
    expect(statusOf(await answerTo(relay, request('POST /publish/a', [te], body)))).toBe(413)
    await works()
  })
})

describe('a path', () => {
  async function start() {
    const subjects: string[] = []
    const authorize = ({ subject }: Action): boolean => subjects.push(subject) > 0
    const gateways = [
      http,
      health,
      serverSentEvents,
      websocket({ mode: 'json' }),
      httpRequest({ form: 'json' }),
      staticFiles(await publicFolder()),
    ]
    return { subjects, relay: await startRelay({ authorize, gateways, clock: fakeClock() }) }
  }
  const invalid = [
    '..',
    '../a',
    'a/../b',
    'a/%2e%2e/b',
    'a/.%2E/b',
    './a',
    'a/.',
    'a%2fb',
    'a%00',
    'a%0d%0ab',
    '%c3%28',
    '%',
    'a#b',
    '..%2f..%2fa',
    'a'.repeat(10_000),
  ]

  it.each(invalid.map((tail) => [tail]))('with an invalid subject is refused: %s (H16)', async (tail) => {
    const { relay, subjects } = await start()
    const accept = ['Accept: text/event-stream']
    const answers = [
      await answerTo(relay, request(`POST /publish/${tail}`, [noBody])),
      await answerTo(relay, request(`GET /subscribe/${tail}`, accept)),
      await answerTo(relay, handshake(`GET /subscribe/${tail}`)),
    ]
    // A long subject is not repeated in full.
    for (const answer of answers) {
      expect(statusOf(answer)).toBe(400)
      expect(answer.length).toBeLessThan(1000)
    }
    expect(answers[0]).toContain('\r\n\r\ninvalid_subject: ')
    expect(subjects).toEqual([])
  })

  it('that is not ASCII is refused before it is read (H16)', async () => {
    const { relay, subjects } = await start()
    for (const line of ['POST /publish/\xc3\xa4', 'GET /\xff', 'GET /request/\xff'])
      expect(statusOf(await answerTo(relay, request(line, [noBody])))).toBe(400)
    expect(subjects).toEqual([])
  })

  it('is decoded once (H16)', async () => {
    const { relay, subjects } = await start()
    for (const line of ['/publish/a%2eb', '/publish/a%252eb', '/%70ublish/c', '/publish/%C3%A4'])
      expect(statusOf(await answerTo(relay, request(`POST ${line}`, [noBody])))).toBe(202)
    expect(subjects).toEqual(['a.b', 'a%2eb', 'c', 'ä'])
  })

  it('that names two brokers is refused (H16)', async () => {
    const { relay, subjects } = await start()
    const query = 'broker=test&%62roker=test'
    for (const line of [
      `POST /publish/a?${query}`,
      `GET /subscribe/a?${query}`,
      `GET /request/a?${query}`,
      `GET /readyz?${query}`,
    ]) {
      const answer = await answerTo(relay, request(line, [noBody, 'Accept: text/event-stream']))
      expect(statusOf(answer)).toBe(400)
      expect(answer).toContain('names two brokers')
    }
    expect(statusOf(await answerTo(relay, handshake(`GET /subscribe/a?${query}`)))).toBe(400)
    expect(subjects).toEqual([])
  })

  it('never leaves a folder of files (H16)', async () => {
    const { relay } = await start()
    expect(await answerTo(relay, request('GET /index.html'))).toMatch(/^HTTP\/1\.1 200 [\s\S]*\r\n\r\npage$/)
    for (const up of ['..', '%2e%2e', '%252e%252e', '.%2e', '..%00', '..%5c..', '..\\'])
      for (const slash of ['/', '%2f', '%252f', '//', '/x/'])
        for (const file of ['secret', 'secret%00.html']) {
          const answer = await answerTo(relay, request(`GET /${up}${slash}${file}`))
          expect([400, 404]).toContain(statusOf(answer))
          expect(answer).not.toMatch(/\nsecret$/)
        }
    expect(relay.errors).toEqual([])
  })

  it.each([
    '/%00',
    '/index.html%00',
    '/%c3%28',
    `/${'a'.repeat(10_000)}`,
    '//index.html',
    '/index.html/',
    '/.',
    '/%2e',
  ])('is not a file: %s (H16)', async (name) => {
    const { relay } = await start()
    expect([400, 404]).toContain(statusOf(await answerTo(relay, request(`GET ${name}`))))
  })
})

describe('a method', () => {
  const everywhere: [string, string][] = [
    ['/publish/a', 'POST, OPTIONS'],
    ...['/healthz', '/readyz', '/metrics', '/ws', '/subscribe/a'].map((at): [string, string] => [
      at,
      'GET, HEAD, OPTIONS',
    ]),
  ]

  it.each(everywhere)('that %s does not support is answered with the supported ones (H18)', async (at, allow) => {
    const gateways = [metrics().gateway, http, health, serverSentEvents, websocket()]
    const relay = await startRelay({ gateways })
    const works = await bystander(relay)
    for (const method of ['DELETE', 'PUT', 'TRACE', 'PROPFIND', 'M-SEARCH']) {
      const answer = await answerTo(relay, request(`${method} ${at}`, [noBody]))
      expect({ method, status: statusOf(answer), allow: allowOf(answer) }).toEqual({ method, status: 405, allow })
    }
    const options = await answerTo(relay, request(`OPTIONS ${at}`))
    expect({ status: statusOf(options), allow: allowOf(options) }).toEqual({ status: 204, allow })
    await works()
  })

  it.each([
    ['FOO /healthz', 400],
    ['get /healthz', 400],
    ['PRI *', 400],
    ['OPTIONS *', 400],
    ['CONNECT evil.example:443', Number.NaN], // Node closes without an answer
  ])('that is invalid is refused, and the connection ends: %s (H18)', async (line, status) => {
    const relay = await startRelay()
    const works = await bystander(relay)
    expect(statusOf(await answerTo(relay, request(line)))).toBe(status)
    await works()
  })

  it('HEAD opens no stream (H18)', async () => {
    const broker = scriptedBroker()
    const relay = await startRelay({ brokers: { test: broker.open }, gateways: [http, serverSentEvents, websocket()] })
    const answer = await answerTo(relay, request('HEAD /subscribe/a', ['Accept: text/event-stream']))
    expect(statusOf(answer)).toBe(426)
    expect(broker.log).toEqual([])
  })
})

describe('a response header', () => {
  it.each([
    ['POST /publish/a%0d%0aX-Evil:%201', 400],
    ['POST /publish/a?broker=a%0d%0aX-Evil:%201', 404],
    ['GET /subscribe/a%0d%0aX-Evil:%201', 400],
    ['GET /subscribe/a?broker=a%0d%0aX-Evil:%201', 404],
    ['GET /readyz?broker=a%0d%0aX-Evil:%201', 404],
    ['GET /nowhere%0d%0aX-Evil:%201', 404],
  ])('is never made from a subject or a broker: %s (H20)', async (line, status) => {
    const relay = await startRelay({ gateways: [http, health, serverSentEvents, websocket()] })
    const headers = [noBody, 'Accept: text/event-stream', 'X-Request-Id: a%0d%0aX-Evil:%201']
    const answer = await answerTo(relay, request(line, headers))
    expect(statusOf(answer)).toBe(status)
    expect(answer).not.toMatch(/^x-evil|%0d/im)
  })
})
