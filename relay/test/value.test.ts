import { describe, expect, it } from 'vitest'
import { http, valueEndpoint, websocket } from '../src/index.js'
import { type StartedRelay, startRelay } from './start-relay.js'
import { client } from './v1-client.js'

const start = (): Promise<StartedRelay> => startRelay({ gateways: [http, valueEndpoint, websocket({ mode: 'json' })] })

/** A request to the value of a subject. */
async function value(relay: StartedRelay, subject: string, init: RequestInit = {}) {
  const response = await fetch(`http://${relay.address}/value/${subject}`, init)
  return { status: response.status, etag: response.headers.get('etag'), text: await response.text() }
}

const put = (body: BodyInit, headers: Record<string, string> = {}): RequestInit => ({ method: 'PUT', body, headers })

describe('/value', () => {
  it('writes, reads and deletes a value, whose revision is the ETag', async () => {
    const relay = await start()
    expect(await value(relay, 'lamp.1')).toEqual({ status: 404, etag: null, text: 'there is no value\n' })
    const first = await value(relay, 'lamp.1', put('on'))
    expect(first).toMatchObject({ status: 204, text: '' })
    expect(await value(relay, 'lamp.1')).toEqual({ status: 200, etag: first.etag, text: 'on' })
    const second = await value(relay, 'lamp.1', put('off'))
    expect((second.etag ?? '') > (first.etag ?? '')).toBe(true)
    expect(await value(relay, 'lamp.1', { method: 'DELETE' })).toMatchObject({ status: 204 })
    expect(await value(relay, 'lamp.1')).toMatchObject({ status: 404 })
    expect(await value(relay, 'lamp.1', { method: 'DELETE' })).toEqual({ status: 204, etag: null, text: '' })
  })

  it('is published to subscribers', async () => {
    const relay = await start()
    const socket = await client(relay)
    socket.say({ Subscribe: 'lamp.*' })
    await socket.json()
    const { etag } = await value(relay, 'lamp.1', put('on'))
    expect(await socket.json()).toMatchObject({
      Message: { subject: 'lamp.1', message: 'on', revision: etag?.slice(1, -1) },
    })
    await value(relay, 'lamp.1', { method: 'DELETE' })
    expect(await socket.json()).toMatchObject({ Message: { subject: 'lamp.1', message: '', deleted: true } })
  })

  it('returns bytes unchanged, and answers 304 if the client has them', async () => {
    const relay = await start()
    const { etag } = await value(relay, 'raw', put(Uint8Array.of(0, 255)))
    const response = await fetch(`http://${relay.address}/value/raw`)
    expect(response.headers.get('content-type')).toBe('application/octet-stream')
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(Uint8Array.of(0, 255))
    expect(await value(relay, 'raw', { headers: { 'if-none-match': etag ?? '' } })).toMatchObject({ status: 304, etag })
    expect((await fetch(`http://${relay.address}/value/raw`, { method: 'HEAD' })).headers.get('etag')).toBe(etag)
  })

  it.each([
    (tag: string) => `W/${tag}`,
    (tag: string) => `"x", ${tag}`,
    (tag: string) => `W/"x" , W/${tag},"y"`,
    () => '*',
  ])('answers 304 to a list, or to a tag that a proxy has weakened (%#)', async (listOf) => {
    const relay = await start()
    const { etag } = await value(relay, 'a', put('1'))
    const answer = await value(relay, 'a', { headers: { 'if-none-match': listOf(etag ?? '') } })
    expect(answer).toEqual({ status: 304, etag, text: '' })
    expect(await value(relay, 'a', { headers: { 'if-none-match': '"x"' } })).toMatchObject({ status: 200 })
  })

  it('has the type of text if its bytes are text, also if they came as bytes', async () => {
    const relay = await start()
    await value(relay, 'a', put(new TextEncoder().encode('ä')))
    const response = await fetch(`http://${relay.address}/value/a`)
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8')
  })

  it('writes on a condition, and answers 412 with the present revision if it is not met', async () => {
    const relay = await start()
    const first = await value(relay, 'a', put('1', { 'if-none-match': '*' }))
    expect(first.status).toBe(204)
    expect(await value(relay, 'a', put('2', { 'if-none-match': '*' }))).toMatchObject({ status: 412, etag: first.etag })
    const second = await value(relay, 'a', put('2', { 'if-match': first.etag ?? '' }))
    expect(second.status).toBe(204)
    const stale = { method: 'DELETE', headers: { 'if-match': first.etag ?? '' } }
    expect(await value(relay, 'a', stale)).toMatchObject({ status: 412, etag: second.etag })
    expect(await value(relay, 'gone', put('1', { 'if-match': '"x"' }))).toMatchObject({ status: 412, etag: null })
  })

  it.each([
    ['an empty body', put(''), 'an empty value deletes'],
    ['If-Match: *', put('1', { 'if-match': '*' }), 'If-Match takes one revision'],
    ['If-None-Match with a revision', put('1', { 'if-none-match': '"x"' }), 'If-None-Match: \\* only'],
    ['both', put('1', { 'if-none-match': '*', 'if-match': '"x"' }), 'not both'],
  ])('refuses %s', async (_, init, why) => {
    const relay = await start()
    expect(await value(relay, 'a', init)).toMatchObject({ status: 400, text: expect.stringMatching(why) })
  })

  it.each(['0', '-1', '1.5', 'soon'])('refuses the ttl %s', async (ttl) => {
    const relay = await start()
    expect((await value(relay, `a?ttl=${ttl}`, put('1'))).status).toBe(400)
  })

  it('refuses a parameter that it does not know, and writes nothing', async () => {
    const relay = await start()
    const why = '"tll" is not a parameter; there are: broker, ticket, ttl'
    expect(await value(relay, 'a?tll=1000', put('1'))).toMatchObject({ status: 400, text: expect.stringMatching(why) })
    expect(await value(relay, 'a')).toMatchObject({ status: 404 })
  })

  it('refuses patterns, closed subjects and other methods', async () => {
    const relay = await start()
    expect((await value(relay, 'a.*')).status).toBe(400)
    expect((await value(relay, '$presence.a', put('1'))).status).toBe(403)
    expect((await value(relay, 'a', { method: 'POST' })).status).toBe(405)
  })
})
