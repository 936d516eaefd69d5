import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect as tcp } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { describe, expect, it, onTestFinished } from 'vitest'
import { http, httpRequest, websocket } from '../src/index.js'
import { staticFiles } from '../src/node/static-files.js'
import { connect } from './socket.js'
import { startRelay } from './start-relay.js'

describe('the HTTP gateway', () => {
  it('publishes the bytes of a body, and confirms it', async () => {
    const { address } = await startRelay()
    const socket = await connect(`ws://${address}/ws`, 'wildcast.v1+json')
    socket.send('{"Subscribe":"good.*"}')
    await socket.next()
    const response = await fetch(`http://${address}/publish/good.test`, { method: 'POST', body: Uint8Array.of(0, 255) })
    expect({ status: response.status, text: await response.text() }).toEqual({
      status: 202,
      text: 'published to subject',
    })
    expect(await socket.json()).toMatchObject({ Message: { subject: 'good.test', bytes: 'AP8=' } })
  })

  it('continues the trace of a request, if it is one and has room', async () => {
    const { address } = await startRelay({ limits: { payload: 1000 } })
    const socket = await connect(`ws://${address}/ws`, 'wildcast.v1+json')
    socket.send('{"Subscribe":"good.*"}')
    await socket.next()
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`
    const publish = async (headers: Record<string, string>, body = 'x'): Promise<unknown> => {
      const response = await fetch(`http://${address}/publish/good.test`, { method: 'POST', body, headers })
      expect(response.status).toBe(202)
      return ((await socket.json()) as { Message: { headers?: unknown } }).Message.headers
    }
    const trace = { traceparent, tracestate: 'x=1' }
    expect(await publish({ ...trace, baggage: 'user=ada', cookie: 'a=b' })).toEqual(trace)
    expect(await publish({ traceparent, tracestate: 'x'.repeat(513) })).toEqual({ traceparent })
    expect(await publish({ traceparent: 'nonsense', tracestate: 'x=1' })).toBeUndefined()
    expect(await publish({ traceparent }, 'x'.repeat(1000))).toBeUndefined()
  })

  it.each([
    ['GET', '/publish/a', 405, 'POST, OPTIONS'],
    ['DELETE', '/publish/a', 405, 'POST, OPTIONS'],
    ['POST', '/healthz', 405, 'GET, HEAD, OPTIONS'],
    ['OPTIONS', '/publish/a', 204, 'POST, OPTIONS'],
    ['HEAD', '/publish/a', 405, 'POST, OPTIONS'],
    ['HEAD', '/healthz', 200, null],
    ['POST', '/nowhere', 404, null],
    ['GET', '/ws', 426, null],
  ])('answers %s %s with %i (SP-GW-10, H18)', async (method, path, status, allow) => {
    const { address } = await startRelay()
    const response = await fetch(`http://${address}${path}`, { method })
    expect({ status: response.status, allow: response.headers.get('allow') }).toEqual({ status, allow })
  })

  it('answers a body over the limit with 413, announced or not (SP-GW-10, H17)', async () => {
    const { address } = await startRelay({ limits: { payload: 1000 } })
    const url = `http://${address}/publish/a`
    expect((await fetch(url, { method: 'POST', body: 'x'.repeat(1000) })).status).toBe(202)
    expect((await fetch(url, { method: 'POST', body: 'x'.repeat(1001) })).status).toBe(413)
    const endless = new ReadableStream({ pull: (stream) => stream.enqueue(new Uint8Array(600)) })
    const init: RequestInit & { duplex: 'half' } = { method: 'POST', body: endless, duplex: 'half' }
    expect((await fetch(url, init)).status).toBe(413)
  })

  it('answers an invalid subject with 400 and the reason (SP-GW-10)', async () => {
    const { address } = await startRelay()
    const response = await fetch(`http://${address}/publish/a..b`, { method: 'POST' })
    expect(response.status).toBe(400)
    expect(await response.text()).toBe(
      'invalid_subject: "a..b" is not a valid subject: it has an empty segment; ' +
        'put one or more characters between the dots\n',
    )
  })

  it('serves no file that begins with a dot, and none outside its folder (H16)', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'wildcast-static-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    await writeFile(path.join(folder, 'index.html'), 'page')
    await writeFile(path.join(folder, '.env'), 'secret')
    const { address } = await startRelay({ gateways: [http, staticFiles(folder)] })
    expect(await (await fetch(`http://${address}/`)).text()).toBe('page')
    for (const hidden of ['/.env', '/%2eenv', '/%2Eenv', '/%ff', '/%', '/x/..%2f.env', '/..%2f..%2fetc%2fpasswd'])
      expect((await fetch(`http://${address}${hidden}`)).status).toBe(404)
  })

  it('serves files with the headers that restrict browsers, and names no version', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'wildcast-static-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    await writeFile(path.join(folder, 'index.html'), 'page')
    const { address } = await startRelay({ gateways: [http, staticFiles(folder)] })
    const { headers } = await fetch(`http://${address}/`)
    expect(Object.fromEntries(headers)).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'SAMEORIGIN',
      'referrer-policy': 'strict-origin-when-cross-origin',
    })
    for (const target of ['/', '/none', '/publish/a', '/ws']) {
      const answer = await fetch(`http://${address}${target}`)
      for (const name of ['server', 'x-powered-by', 'via']) expect(answer.headers.get(name)).toBeNull()
    }
  })

  it('serves the compressed form of a file to clients that accept it', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'wildcast-static-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const page = 'page '.repeat(200)
    await writeFile(path.join(folder, 'index.html'), page)
    await writeFile(path.join(folder, 'index.html.gz'), gzipSync(page))
    const { address } = await startRelay({ gateways: [http, staticFiles(folder)] })
    for (const [accepted, encoding] of [
      ['br, gzip', 'gzip'],
      ['identity', null],
    ] as const) {
      const answer = await fetch(`http://${address}/`, { headers: { 'accept-encoding': accepted } })
      expect(answer.headers.get('content-encoding')).toBe(encoding)
      expect(answer.headers.get('content-type')).toContain('text/html')
      expect(await answer.text()).toBe(page)
    }
  })

  it('lets browsers keep a file: for ever if its name has a hash, else until it has changed', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'wildcast-static-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    await mkdir(path.join(folder, 'assets'))
    await writeFile(path.join(folder, 'index.html'), 'page')
    await writeFile(path.join(folder, 'index.html.gz'), gzipSync('page'))
    const forEver = 'public, max-age=31536000, immutable'
    const files = {
      'assets/index-CUX06yoB.js': forEver,
      'assets/geist-latin-Bg_aEn-v.woff2': forEver,
      'assets/my-holidays.js': 'no-cache',
      'assets/My-Holidays.js': 'no-cache',
      'assets/news-20260131.js': 'no-cache',
      'assets/index-CUX06yoBx.js': 'no-cache',
      'index-CUX06yoB.js': 'no-cache',
    }
    for (const name of Object.keys(files)) await writeFile(path.join(folder, name), name)
    const { address } = await startRelay({ gateways: [http, staticFiles(folder)] })
    const get = (target: string, headers = {}): Promise<Response> => fetch(`http://${address}${target}`, { headers })
    for (const [name, words] of Object.entries(files))
      expect([name, (await get(`/${name}`)).headers.get('cache-control')]).toEqual([name, words])
    expect((await get('/none')).headers.get('cache-control')).toBeNull()

    const [plain, packed] = [{ 'accept-encoding': 'identity' }, { 'accept-encoding': 'gzip' }]
    const tag = (await get('/', plain)).headers.get('etag') ?? ''
    expect((await get('/', packed)).headers.get('etag')).not.toBe(tag)
    expect((await get('/', packed)).headers.get('cache-control')).toBe('no-cache')
    const known = { ...plain, 'if-none-match': `"other", ${tag}` }
    const same = await get('/', known)
    expect([same.status, await same.text(), same.headers.get('etag')]).toEqual([304, '', tag])
    expect(same.headers.get('x-frame-options')).toBe('SAMEORIGIN')
    expect((await get('/', { ...known, ...packed })).status).toBe(200)
    await writeFile(path.join(folder, 'index.html'), 'another page')
    expect(await (await get('/', known)).text()).toBe('another page')
    const part = await get('/', { ...plain, range: 'bytes=0-2' })
    expect([part.status, await part.text(), part.headers.get('etag')]).toEqual([206, 'ano', null])
  })

  it('names the remedy to a client that requests another upgrade (H1)', async () => {
    const { address } = await startRelay()
    const [host, port] = address.split(':')
    const socket = tcp({ host, port: Number(port) })
    socket.write(
      `POST /publish/a HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 0\r\n\r\n`,
    )
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 400 [\s\S]*leave the Upgrade header out/)
  })

  it('reports its health and its brokers', async () => {
    const { address } = await startRelay()
    const response = await fetch(`http://${address}/healthz`)
    expect(await response.json()).toMatchObject({ status: 'ok', brokers: [{ name: 'test', status: 'up' }] })
  })

  it('logs neither payloads nor tokens with any error (SP-GW-11)', async () => {
    const relay = await startRelay()
    const secret = 'top-secret'
    const classic = await connect(`ws://${relay.address}/ws`)
    classic.send(`{"Publish":{"message":"${secret}","subject":"a..b"}}`)
    await classic.closed
    const v1 = await connect(`ws://${relay.address}/ws`, 'wildcast.v1+json')
    v1.send(`{"Connect":{"token":"${secret}"}}`)
    v1.send(`{"Publish":{"ref":1,"subject":"${'x'.repeat(300)}","message":"${secret}"}}`)
    v1.send(`{"Publish":{"ref":1,"subject":"a","message":"${secret}`)
    await v1.next()
    expect(`${String(await v1.next())}${String(await v1.next())}`).not.toContain(secret)
    await fetch(`http://${relay.address}/publish/a..b`, { method: 'POST', body: secret })
    expect(relay.errors.join()).not.toContain(secret)
  })
})

describe('/request', () => {
  const open = (form?: 'json' | 'messagepack', timeoutMs = 60_000): ReturnType<typeof startRelay> =>
    startRelay({ gateways: [http, websocket({ mode: 'json' }), httpRequest({ form, timeoutMs })] })

  /** Answers requests to a pattern, like a classic client. */
  async function responder(
    address: string,
    pattern: string,
    answer: (request: Record<string, unknown>) => unknown,
  ): Promise<void> {
    const socket = await connect(`ws://${address}/ws`, 'wildcast.v1+json')
    socket.send(JSON.stringify({ Subscribe: pattern }))
    await socket.next()
    socket.ws.on('message', (data: Buffer) => {
      const { message, response_subject } = JSON.parse(data.toString()).Message
      socket.send(
        JSON.stringify({
          Publish: { subject: response_subject, message: JSON.stringify(answer(JSON.parse(message))) },
        }),
      )
    })
  }

  it('puts a request into a message and takes the answer out of one', async () => {
    const { address } = await open('json')
    await responder(address, 'request.*.POST.test.x.hello_DOT_txt', (request) => ({
      status: 201,
      headers: { 'x-seen': ['a', 'b'], 'content-type': 'application/json' },
      body: [...Buffer.from(JSON.stringify(request))],
    }))
    const response = await fetch(`http://${address}/request/test/x/hello.txt?q=1`, {
      method: 'POST',
      body: 'hi',
      headers: { 'x-one': '1' },
    })
    expect(response.status).toBe(201)
    expect(response.headers.get('x-seen')).toBe('a, b')
    expect(await response.json()).toEqual({
      method: 'POST',
      headers: expect.objectContaining({ 'x-one': '1', host: address }),
      uri: '/request/test/x/hello.txt?q=1',
      path: 'test/x/hello.txt',
      body: [104, 105],
    })
  })

  it('gives each of 200 requests at once its own answer (SP-GW-6)', async () => {
    const { address } = await open('json')
    await responder(address, 'request.*.GET.echo.*', (request) => ({
      status: 200,
      headers: {},
      body: [...Buffer.from(String(request.path))],
    }))
    const numbers = Array.from({ length: 200 }, (_, i) => i)
    const answers = await Promise.all(
      numbers.map(async (i) => (await fetch(`http://${address}/request/echo/${i}`)).text()),
    )
    expect(answers).toEqual(numbers.map((i) => `echo/${i}`))
  })

  it('answers 504 if there is no responder (SP-GW-5)', async () => {
    const { address } = await open('json', 1)
    const response = await fetch(`http://${address}/request/nobody`)
    expect({ status: response.status, text: await response.text() }).toEqual({
      status: 504,
      text: 'response timed out',
    })
  })

  it.each([
    [{ status: 99 }],
    [{ status: 'x' }],
    ['text'],
    [null],
    [{ status: 200, body: [256] }],
    [{ status: 200, headers: { a: 'b\r\nc' } }],
  ])('answers 500 with a reason if the answer is %j (H20)', async (answer) => {
    const { address } = await open('json')
    await responder(address, 'request.*.GET.bad', () => answer)
    const response = await fetch(`http://${address}/request/bad`)
    expect(response.status).toBe(500)
    expect(await response.text()).toMatch(/^the HTTP message could not be read: .{10}/)
  })

  it.each([
    ['a length', { 'content-length': '5' }],
    ['a coding', { 'transfer-encoding': 'chunked', 'Content-Length': '3' }],
    ['a connection', { connection: 'close', upgrade: 'h2c' }],
  ])('ignores the framing of a responder: %s (H20)', async (_, headers) => {
    const { address } = await open('json')
    await responder(address, 'request.*.GET.frame', () => ({ status: 200, headers, body: 'ten bytes.' }))
    for (let i = 0; i < 2; i++) {
      const response = await fetch(`http://${address}/request/frame`)
      expect(await response.text()).toBe('ten bytes.')
      expect(response.headers.get('upgrade')).toBeNull()
    }
  })

  it('accepts a body of a quarter of the payload limit, and rejects a longer one', async () => {
    const { address } = await open('json')
    await responder(address, 'request.*.POST.size', (request) => ({
      status: 200,
      body: String((request.body as number[]).length),
    }))
    const post = (length: number): Promise<Response> =>
      fetch(`http://${address}/request/size`, { method: 'POST', body: new Uint8Array(length).fill(255) })
    expect(await (await post(250_000)).text()).toBe('250000')
    expect((await post(262_145)).status).toBe(413)
  })

  it('answers 400 if the gateway was started without it', async () => {
    const { address } = await open()
    const response = await fetch(`http://${address}/request/a`)
    expect(response.status).toBe(400)
    expect(await response.text()).toContain('request-response is not supported')
  })
})
