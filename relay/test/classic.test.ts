import { decode, encode } from '@msgpack/msgpack'
import { describe, expect, it } from 'vitest'
import { connect, type Socket } from './socket.js'
import { startRelay } from './start-relay.js'

/**
 * Classic does not answer Subscribe: a client receives its own messages once the subscription is
 * active.
 */
async function subscribed(socket: Socket, subscribe: string | Uint8Array, address: string): Promise<void> {
  socket.send(subscribe)
  while (socket.waiting.length === 0) await publish(address, 'good.early', '')
  await publish(address, 'good.last', '')
  while (!String(await socket.next()).includes('good.last'));
}

const publish = (address: string, subject: string, body: string | Uint8Array<ArrayBuffer>): Promise<Response> =>
  fetch(`http://${address}/publish/${subject}`, { method: 'POST', body })

describe('classic on /ws', () => {
  it('sends exactly the original object for what was published over HTTP (SP-GW-1)', async () => {
    const { address } = await startRelay()
    const socket = await connect(`ws://${address}/ws`)
    await subscribed(socket, '{"Subscribe":"good.*"}', address)
    const response = await publish(address, 'good.test', 'hi')
    expect({ status: response.status, text: await response.text() }).toEqual({
      status: 202,
      text: 'published to subject',
    })
    expect(await socket.next()).toBe(
      '{"message":[104,105],"subject":"good.test","broker":"test","response_subject":null}',
    )
  })

  it('accepts MessagePack as map and as positional array, and sends the positional array (SP-GW-3)', async () => {
    const { address } = await startRelay({ mode: 'messagepack' })
    const socket = await connect(`ws://${address}/ws`)
    await subscribed(socket, encode({ Subscribe: 'good.*' }), address)
    socket.send(encode({ Publish: { message: [1, 255], subject: 'good.map', broker: null, response_subject: null } }))
    socket.send(encode({ Publish: [[2], 'good.array', 'test', 'good.answer'] }))
    expect(decode((await socket.next()) as Buffer)).toEqual([[1, 255], 'good.map', 'test', null])
    expect(decode((await socket.next()) as Buffer)).toEqual([[2], 'good.array', 'test', 'good.answer'])
  })

  it('continues for the second subscriber when the first has left (SP-BRK-2)', async () => {
    const { address } = await startRelay()
    const leaving = await connect(`ws://${address}/ws`)
    const staying = await connect(`ws://${address}/ws`)
    await subscribed(leaving, '{"Subscribe":"good.*"}', address)
    await subscribed(staying, '{"Subscribe":"good.*"}', address)
    leaving.ws.terminate()
    expect((await publish(address, 'good.test', 'hi')).status).toBe(202)
    await expect.poll(() => staying.waiting.at(-1)).toContain('"message":[104,105]')
  })

  it('accepts JSON and MessagePack on one socket in every mode', async () => {
    const { address } = await startRelay({ mode: 'json' })
    const socket = await connect(`ws://${address}/ws`)
    await subscribed(socket, encode({ Subscribe: 'good.*' }), address)
    socket.send('{"Publish":{"message":[104],"subject":"good.x"}}')
    expect(await socket.json()).toMatchObject({ message: [104], subject: 'good.x' })
  })

  it('delivers a copy to each matching subscription of one socket, even to equal ones', async () => {
    const { address } = await startRelay()
    const socket = await connect(`ws://${address}/ws`)
    socket.send('{"Subscribe":"good.*"}')
    socket.send('{"Subscribe":"good.**"}')
    await subscribed(socket, '{"Subscribe":"good.*"}', address)
    socket.send('{"Publish":{"message":[1],"subject":"good.end"}}')
    let copies = 0
    while (copies < 3) if (((await socket.json()) as { subject: string }).subject === 'good.end') copies++
    socket.send('{"Publish":{"message":[2],"subject":"good.after"}}')
    expect(await socket.json()).toMatchObject({ subject: 'good.after' })
  })

  it('delivers what matches ?filter= on /subscribe', async () => {
    const { address } = await startRelay()
    const filter = encodeURIComponent('{"type":"post"}')
    const socket = await connect(`ws://${address}/subscribe/good.*?filter=${filter}`)
    await expect
      .poll(async () => {
        for (const type of ['get', 'post']) await publish(address, 'good.apple', JSON.stringify({ type }))
        return socket.waiting.length
      })
      .toBeGreaterThan(0)
    const texts = socket.waiting.map((frame) => Buffer.from(JSON.parse(String(frame)).message).toString())
    expect(new Set(texts)).toEqual(new Set(['{"type":"post"}']))
  })

  it.each([
    ['not JSON', '{'],
    ['an unknown kind', '{"Shout":"good.*"}'],
    ['two kinds', '{"Subscribe":"a","Publish":{"message":[1],"subject":"a"}}'],
    ['a byte over 255', '{"Publish":{"message":[256],"subject":"a"}}'],
    ['an invalid subject', '{"Publish":{"message":[1],"subject":"a..b"}}'],
    ['an unknown broker', '{"Publish":{"message":[1],"subject":"a","broker":"nowhere"}}'],
    ['a positional array that is too short', encode({ Publish: [[1], 'a'] })],
    ['bytes that are not MessagePack', Uint8Array.of(0xc1)],
  ])('closes 4400 with a reason over %s, and closes no other connection (SP-GW-8)', async (_, frame) => {
    const { address } = await startRelay()
    const other = await connect(`ws://${address}/ws`)
    const socket = await connect(`ws://${address}/ws`)
    socket.send(frame)
    const { code, reason } = await socket.closed
    expect(code).toBe(4400)
    expect(reason).toMatch(/^(invalid_frame|invalid_subject|unknown_broker): .{10}/)
    await subscribed(other, '{"Subscribe":"good.*"}', address)
  })

  it('ignores frames after the one that closed the connection', async () => {
    const { address } = await startRelay()
    const other = await connect(`ws://${address}/ws`)
    await subscribed(other, '{"Subscribe":"good.*"}', address)
    const socket = await connect(`ws://${address}/ws`)
    socket.send('rubbish')
    socket.send('{"Publish":{"message":[1],"subject":"good.bad"}}')
    await socket.closed
    await publish(address, 'good.after', 'x')
    await expect.poll(() => other.waiting.at(-1)).toContain('good.after')
    expect(other.waiting.join()).not.toContain('good.bad')
  })

  it('limits the copies of one socket', async () => {
    const { address } = await startRelay()
    const socket = await connect(`ws://${address}/ws`)
    for (let i = 0; i < 11; i++) socket.send('{"Subscribe":"good.*"}')
    expect(await socket.closed).toMatchObject({ code: 4429 })
  })

  it('refuses the handshake if the gateway has no classic mode', async () => {
    const { address } = await startRelay({ gateways: [(await import('../src/index.js')).websocket()] })
    await expect(connect(`ws://${address}/ws`)).rejects.toThrow('400')
  })
})

describe('/subscribe/<pattern>', () => {
  const cases = [
    ['json', '{"message":[104,105],"subject":"good.test","broker":"test","response_subject":null}'],
    ['text', 'hi'],
    ['binary', Buffer.from('hi')],
    ['messagepack', Buffer.from(encode([[104, 105], 'good.test', 'test', null]))],
  ] as const

  it.each(cases)('sends %s (SP-GW-2)', async (mode, expected) => {
    const { address } = await startRelay({ mode })
    const socket = await connect(`ws://${address}/subscribe/good.*`)
    await publish(address, 'good.test', 'hi')
    expect(await socket.next()).toEqual(expected)
  })

  it('skips invalid UTF-8 in text mode, and sends the next message (SP-GW-2)', async () => {
    const { address } = await startRelay({ mode: 'text' })
    const socket = await connect(`ws://${address}/subscribe/good.*`)
    await publish(address, 'good.test', Uint8Array.of(0xff, 0xfe))
    await publish(address, 'good.test', 'next')
    expect(await socket.next()).toBe('next')
  })

  it.each(['a..b', 'a%20b', 'a%2Fb', '%ff', ''])('refuses "%s" before the handshake (H16)', async (path) => {
    const { address } = await startRelay()
    await expect(connect(`ws://${address}/subscribe/${path}`)).rejects.toThrow('400')
  })
})
