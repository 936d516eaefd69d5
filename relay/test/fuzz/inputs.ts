import { encode } from '@msgpack/msgpack'
import type { Generator } from './generator.js'

const subjects = ['fuzz.a', 'fuzz.b', 'fuzz.*', 'fuzz.**', 'secret', 'fuzz.a.b.c', '']
const values = [null, true, -1, 1.5, 2 ** 53, '1', [], {}, [[]], { __proto__: null }, 'x'.repeat(500)]

/** A frame of v1, mostly valid. */
function frameOf(random: Generator): unknown {
  const subject = random.once(5) ? random.text() : random.pick(subjects)
  const ref = random.once(30) ? random.pick(values) : random.below(50)
  const message = random.once(5) ? random.pick(values) : random.text()
  const frame = random.pick<object | string>([
    { Publish: { ref, subject, message } },
    { Publish: { subject, message, wildcard: true } },
    { Publish: { ref, subject, message, headers: { [random.text()]: random.text() }, key: random.text() } },
    { Publish: { ref, subject, message, response_subject: random.text() } },
    { Subscribe: { ref, subject } },
    { Subscribe: { ref, subject, group: random.text(), latest: true, max_rate: random.pick([1, 0, -1, 1e9]) } },
    { Unsubscribe: { ref, id: random.below(20) } },
    { Request: { ref, subject, message, timeout: random.pick([1, 0, -1, 1e12]) } },
    { Serve: { ref, subject } },
    { Respond: { ref, message } },
    { Cancel: { ref } },
    { CanI: { ref, action: random.pick(['publish', 'serve', 'x']), subject } },
    { Authenticate: { ref, token: random.text() } },
    { Connect: { session: random.text(), received: random.below(9) } },
    { Received: random.below(100) },
    { [random.text()]: { ref, subject } },
    'Ping',
    'Pong',
    random.text(),
  ])
  return random.once(50) ? random.pick(values) : frame
}

/** A frame in JSON; as bytes it comes in a binary message. */
export function jsonFrame(random: Generator): string | Buffer {
  const text = JSON.stringify(frameOf(random)) ?? 'null'
  if (random.once(100)) return `{"Publish":{"x":${'['.repeat(random.below(20_000))}`
  if (random.once(60)) return random.mutate(Buffer.from(text))
  return random.once(4) ? random.mutate(Buffer.from(text)).toString() : text
}

/** A frame in MessagePack. */
export function packedFrame(random: Generator): Buffer {
  const bytes = Buffer.from(encode(frameOf(random)))
  return random.once(4) ? random.mutate(bytes) : bytes
}

/** A frame of a classic client. */
export function classicFrame(random: Generator): string | Buffer {
  const subject = random.once(4) ? random.text() : random.pick(subjects)
  const frame = random.pick([
    { Subscribe: subject },
    { Unsubscribe: subject },
    { Publish: { subject, message: [1, 2, 255] } },
    { Publish: { subject, message: random.text() } },
  ])
  const text = JSON.stringify(frame)
  return random.once(6) ? random.mutate(Buffer.from(text)).toString() : text
}

const paths = [
  '/publish/fuzz.a',
  '/subscribe/fuzz.*',
  '/subscribe/fuzz.*?after=start',
  '/value/fuzz.a',
  '/history/fuzz.a',
  '/history/fuzz.a?offset=now&live=sse',
  '/history/fuzz.a?offset=-1&live=long-poll&cursor=1',
  '/request/fuzz/a?x=1',
  '/stream',
  '/stream/frames',
  '/ticket',
  '/ws',
  '/healthz',
  '/readyz',
  '/metrics',
  '/sessions',
  '/',
  '/index.html',
  '/..%2f..%2fetc/passwd',
  '*',
  'http://evil.example/healthz',
]

const headers = [
  'Accept: text/event-stream',
  'Accept: application/x-ndjson',
  'Content-Type: application/json',
  'Expect: 100-continue',
  'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n' +
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Protocol: wildcast.v1+json',
  'Sec-WebSocket-Extensions: permessage-deflate',
  'Origin: https://evil.example',
  'Origin: http://localhost',
  'Sec-Fetch-Site: cross-site',
  'X-Forwarded-For: 8.8.8.8, 1.1.1.1',
  'Forwarded: for="[::1]:1"',
  'Wildcast-Connection: e30',
  'Authorization: Session 01ARZ3NDEKTSV4RRFFQ69G5FAV_x',
  'Cookie: session=x; session=y',
  'Wildcast-From: -1',
  'Wildcast-Received: 1e99',
  'Last-Event-ID: x',
  'Last-Event-ID: 0tpbdv2uei-000000001',
  'Content-Type: text/html',
  'Producer-Id: p\r\nProducer-Epoch: 0\r\nProducer-Seq: 1',
  'Stream-Seq: a',
  'If-None-Match: *',
  'X-Request-Id: x',
]

const otherMethods = ['PUT', 'DELETE', 'OPTIONS', 'HEAD', 'TRACE', 'PATCH', 'X']

/** Headers after which a request is ambiguous. */
const framing = [
  'Transfer-Encoding: chunked',
  'Content-Length: 5',
  'Content-Length: 99999999999',
  'no header',
  'x\u0000: y',
  'Host: evil.example',
]

/** A request, as bytes. */
export function httpInput(random: Generator): Buffer {
  const method = random.pick(random.once(4) ? otherMethods : ['GET', 'POST'])
  const values = ['main', 'x', '01ARZ3NDEKTSV4RRFFQ69G5FAV.x']
  const target = random.once(6) ? `${random.pick(paths)}${random.text().replace(/\s/g, '')}` : random.pick(paths)
  const query = random.once(4)
    ? `?${random.pick(['broker', 'relay', 'ticket', 'subject'])}=${encodeURIComponent(random.pick(values))}`
    : ''
  const lines = Array.from({ length: random.below(6) }, () => random.pick(random.once(30) ? framing : headers))
  const body = random.once(2) ? '{"Connect":{}}' : random.bytes(60).toString('latin1')
  const length = random.once(10) ? [] : [`Content-Length: ${body.length}`]
  const head = [
    `${method} ${target}${query} HTTP/1.${random.once(5) ? 0 : 1}`,
    'Host: localhost',
    ...length,
    ...lines,
    'Connection: close',
  ]
  const bytes = Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`, 'latin1')
  return random.once(8) ? random.mutate(bytes) : bytes
}

const handshake =
  'GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n' +
  'Sec-WebSocket-Protocol: wildcast.v1+json\r\n\r\n'

/** Bytes for a connection: noise, other protocols, or invalid WebSocket frames. */
export function tcpInput(random: Generator): Buffer {
  const noise = random.bytes(200)
  return random.pick([
    () => noise,
    () => Buffer.concat([Buffer.from(handshake), noise]),
    () =>
      Buffer.concat([
        Buffer.from(handshake),
        Buffer.of(random.below(256), 0x80 | random.below(128), 0, 0, 0, 0),
        noise,
      ]),
    () => random.mutate(Buffer.from(handshake)),
    () => Buffer.concat([Buffer.from('1603010200010001fc0303', 'hex'), noise]),
    () => Buffer.concat([Buffer.from('0d0a0d0a000d0a515549540a2111000c', 'hex'), noise]),
    () => Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
    () => Buffer.from(`GET /healthz HTTP/1.1\r\nHost: x\r\n${'x: y\r\n'.repeat(random.below(3000))}\r\n`),
  ])()
}

/** A token, of which most are invalid. */
export function tokenInput(random: Generator, valid: string): string {
  const [head = '', body = '', signature = ''] = valid.split('.')
  const none = Buffer.from('{"alg":"none"}').toString('base64url')
  return random.pick([
    () => valid,
    () => `${none}.${body}.`,
    () => `${head}.${body}.${signature.slice(random.below(10))}`,
    () => {
      const claims = `{"sub":"*","exp":${random.pick(['1', '1e400', '"x"', '9e15'])}}`
      return `${head}.${Buffer.from(claims).toString('base64url')}.${signature}`
    },
    () => random.mutate(Buffer.from(valid)).toString('latin1'),
    () => '.'.repeat(random.below(500)),
    () => random.text(),
  ])()
}
